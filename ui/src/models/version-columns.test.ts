import { expect, test } from 'vitest';
import { USUAL, linesOf, parseColumns } from './version-columns';

test('what was kept comes back, and what is damaged is as usual', () => {
  const columns = {
    metrics: [
      { key: 'loss', dataset: null },
      { key: 'acc', dataset: { name: 'birds', digest: '1' } },
    ],
    words: [{ kind: 'param' as const, of: 'lr' }, { kind: 'signature' as const }],
  };
  expect(parseColumns(JSON.stringify(columns))).toEqual(columns);
  for (const damaged of [null, '', '{', '[]', '{"metrics":4,"words":"x"}'])
    expect(parseColumns(damaged)).toEqual(USUAL);
  expect(parseColumns('{"metrics":[{},{"key":"a"}],"words":[{"kind":"param"},{"kind":"shape"}]}')).toEqual({
    metrics: [{ key: 'a', dataset: null }],
    words: [],
  });
});

test('what is typed is found in all groups, and what programs keep comes last', () => {
  const choices = {
    metrics: [{ key: 'val_loss', dataset: null }],
    params: [['lr', 3] as [string, number]],
    tags: [
      ['mlflow.x', 9],
      ['team', 2],
    ] as [string, number][],
  };
  const words = (text: string) =>
    linesOf(choices, text).map((line) => ('heading' in line ? `${line.heading} ${line.count}` : line.label));
  expect(words('')).toEqual([
    'Version 2',
    'Data',
    'Signature',
    'Metrics 1',
    'val_loss',
    'Params 1',
    'lr',
    'Tags 2',
    'team',
    'mlflow.x',
  ]);
  expect(words('L')).toContain('lr');
  expect(words('los val')).toEqual(['Metrics 1', 'val_loss']);
});
