import { expect, test } from 'vitest';
import type { Comparison, ComparisonRow } from '../backend';
import { linesOf, said, step, stops } from './lines';
import { cachedSections, inOrder } from './sections';

const direction = { better: null, chosen: false };
const text = (key: string, ...values: (string | null)[]): ComparisonRow => ({
  key,
  cells: values.map((value) => (value === null ? null : { kind: 'text', value })),
  differs: new Set(values).size > 1,
  direction,
});
const number = (key: string, ...values: (number | null)[]): ComparisonRow => ({
  ...text(key),
  cells: values.map((value) => (value === null ? null : { kind: 'number', value })),
  differs: new Set(values).size > 1,
});
const none: Comparison = { runs: [], attributes: [], metrics: [], params: [], datasets: [], tags: [] };
const comparison: Comparison = {
  ...none,
  runs: [{}, {}] as never,
  metrics: [number('lone', 1, null), number('auc', 0.9, 0.90000000000001)],
  params: [
    text('model.depth', '12', '24'),
    text('model.width', '1e-3', '0.001'),
    text('optimizer', 'adam', 'adam'),
    text('job', '1234567890123456', '1234567890123457'),
  ],
  tags: [
    text('mlflow.source.git.commit', '9f2c1ab', null),
    text('mlflow.source.git.dirty', 'True', null),
    text('build', '1.0', '1'),
  ],
};
const sections = inOrder(cachedSections(comparison, 1e-9));
const of = (name: string) => sections.find((section) => section.name === name);
const wish = { onlyDiffering: true, words: '', folded: new Set<string>() };
const ids = (...[wished]: [Partial<typeof wish>?]) =>
  linesOf(sections, { ...wish, ...wished }).map(({ id }) => id);

test('numbers of params and metrics are equal within the tolerance, what is an id and tags only where they are written alike', () => {
  expect(
    of('params')
      ?.rows.filter(({ differs }) => differs)
      .map(({ key }) => key),
  ).toEqual(['model.depth', 'job']);
  expect(of('tags')).toMatchObject({ differing: 1 });
  expect(of('metrics')?.rows.map(({ key, differs }) => [key, differs])).toEqual([
    ['lone', true],
    ['auc', false],
  ]);
  const exactly = cachedSections(comparison, 0);
  expect(exactly[0]).toMatchObject({ name: 'metrics', differing: 2 });
});

test('code is told by what it is and not once more as tags, and a run without any says so', () => {
  const code = of('code');
  expect(code?.rows.map(({ key }) => key)).toEqual(['Commit', 'Uncommitted']);
  expect(code?.rows[1]?.cells).toEqual([
    { kind: 'text', value: 'changed files' },
    { kind: 'unknown', why: 'This run recorded no code', word: 'no code' },
  ]);
  expect(code?.differing).toBe(0);
  expect(of('tags')?.rows.map(({ key }) => key)).toEqual(['build']);
  const [without] = cachedSections({ ...none, runs: [{}, {}] as never }, 0).filter(
    ({ name }) => name === 'code',
  );
  expect(without?.none).toContain('recorded no code');
});

test('lines keep their ids whatever is shown, and a branch counts all that is in it', () => {
  expect(ids()).toEqual([
    'metrics',
    'metrics lone',
    'metrics row lone',
    'params',
    'params branch model.',
    'params row model.depth',
    'params row job',
    'code',
    'code word',
    'tags',
    'tags row build',
  ]);
  expect(ids({ words: 'DEPTH' }).filter((id) => id.includes(' row '))).toEqual(['params row model.depth']);
  expect(ids({ folded: new Set(['metrics', 'params branch model.']) }).slice(0, 4)).toEqual([
    'metrics',
    'params',
    'params branch model.',
    'params row job',
  ]);
  expect(linesOf(sections, wish).find(({ id }) => id === 'params branch model.')).toMatchObject({
    differing: 1,
    total: 2,
    title: 'model',
  });
  const shut = { folded: new Set(['metrics lone', 'params branch model.']) };
  expect(ids(shut)).not.toContain('metrics row lone');
  expect(ids({ ...shut, words: 'lone' })).toContain('metrics row lone');
  expect(ids({ onlyDiffering: false })).toContain('params row optimizer');
});

test('the walk goes through the differences of all sections and begins again', () => {
  const halts = stops(sections, '');
  expect(halts.map(({ id }) => id)).toEqual([
    'metrics row lone',
    'params row model.depth',
    'params row job',
    'tags row build',
  ]);
  const [first, second, , last] = halts;
  expect(step(halts, undefined, 1)).toBe(first);
  expect(step(halts, undefined, -1)).toBe(last);
  expect(step(halts, first?.id, 1)).toBe(second);
  expect(step(halts, last?.id, 1)).toBe(first);
  expect(step(halts, 'gone', 1)).toBe(first);
  expect(step([], undefined, 1)).toBeUndefined();
  expect(said(halts, second?.id)).toBe('Difference 2 of 4: Params, model.depth');
  expect(second).toMatchObject({ within: ['params', 'params branch model.'] });
});

test('a section that is yet to be read is a halt of the walk and no difference', () => {
  const unread = [
    ...sections,
    { name: 'environment', title: 'Environment', rows: [], differing: 0, unread: true } as const,
  ];
  const halts = stops(inOrder(unread.map((section) => ({ ...section, rows: [...section.rows] }))), '');
  const [, , , environment] = halts;
  expect(environment?.id).toBe('environment');
  expect(said(halts, 'environment')).toBe('Environment: not read yet');
  expect(said(halts, halts[4]?.id)).toMatch(/^Difference 4 of 4/);
});
