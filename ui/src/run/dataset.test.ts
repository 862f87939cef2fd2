import { expect, test } from 'vitest';
import { formatNumber } from '../format/number';
import { indented, readProfile, readSchema } from './dataset';

const schema = (of: unknown) => readSchema(JSON.stringify(of));

test('tables have columns with types, and say which may be missing', () => {
  const read = schema({
    mlflow_colspec: [
      { type: 'long', name: 'age', required: true },
      { type: 'array', items: { type: 'string' }, name: 'words', required: false },
      { type: 'object', properties: { a: { type: 'double' } }, name: 'more' },
      { type: 'double' },
    ],
  });
  expect(read).toEqual({
    parts: [
      {
        title: '',
        columns: [
          { name: 'age', type: 'long', optional: false },
          { name: 'words', type: 'array of string', optional: true },
          { name: 'more', type: 'object {"a":{"type":"double"}}', optional: false },
          { name: '', type: 'double', optional: false },
        ],
      },
    ],
  });
});

test('arrays have features and targets, which MLflow writes as JSON within JSON', () => {
  const features = [{ type: 'tensor', 'tensor-spec': { dtype: 'float32', shape: [-1, 28, 28] } }];
  const read = schema({ mlflow_tensorspec: { features: JSON.stringify(features), targets: null } });
  expect(read).toEqual({
    parts: [{ title: 'features', columns: [{ name: '', type: 'float32 [-1, 28, 28]', optional: false }] }],
  });
  const both = schema({ mlflow_tensorspec: { features, targets: features } });
  expect('parts' in both && both.parts.map(({ title }) => title)).toEqual(['features', 'targets']);
});

test('what is not understood stays the text that it is', () => {
  const strange = [
    '',
    '{',
    '[]',
    'null',
    '7',
    '"a"',
    '{}',
    '{"mlflow_colspec":7}',
    '{"mlflow_colspec":[7]}',
    '{"mlflow_colspec":[{"name":"a"}]}',
    '{"mlflow_colspec":[{"type":"long","name":{}}]}',
    '{"mlflow_colspec":"["}',
    '{"mlflow_tensorspec":{"features":[{"type":"tensor"}]}}',
    '{"mlflow_tensorspec":{"features":[{"type":"tensor","tensor-spec":{"dtype":"x","shape":[]}}],"targets":7}}',
    '{"__proto__":{"mlflow_colspec":[]}}',
  ];
  for (const text of strange) expect(readSchema(text)).toEqual({ text });
  for (const text of ['', '{', '[1]', 'null', '7', '{}'])
    expect(readProfile(text, formatNumber)).toEqual({ text });
});

test('a profile is its values', () => {
  const text = '{"num_rows":60000,"features_shape":[60000,28,28],"note":"whole","nothing":null}';
  expect(readProfile(text, formatNumber)).toEqual({
    rows: [
      { key: 'num_rows', value: '60,000' },
      { key: 'features_shape', value: '[60000,28,28]' },
      { key: 'note', value: 'whole' },
      { key: 'nothing', value: 'null' },
    ],
  });
  expect(indented('{"a":1}')).toBe('{\n  "a": 1\n}');
  expect(indented('s3://x')).toBe('s3://x');
});
