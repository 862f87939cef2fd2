// What was saved comes back as it was, and what makes no sense does no harm.
import { describe, expect, it } from 'vitest';
import type { ColumnInfo } from '../backend';
import { columnId, defaultColumns, isNumeric, parseColumnId } from '../columns';
import { START_VIEW, formatView, parseView, type View } from './view';

const VIEW: View = {
  columns: [
    { kind: 'metric', key: 'val/loss.best' },
    { kind: 'param', key: '学習率' },
  ],
  widths_px: { 'metric.val/loss.best': 120 },
  sort: [{ column: { kind: 'attribute', key: 'duration' }, descending: true }],
  filter: "metrics.acc > 0.9 and tags.`a b` = 'ü'",
  split: 0.4,
  panes: 'charts',
  charts: {
    xAxis: 'metric.train/epoch',
    xLog: true,
    yLog: true,
    symlog: true,
    smoothing: 0.6,
    smoothingKind: 'gaussian',
    colorBy: { column: { kind: 'param', key: 'lr' }, log: true, around: 'zero' },
    minus: { profileId: 'vision', runId: 'r' },
    grouping: {
      by: [{ kind: 'param', key: 'lr' }],
      aggregate: { middle: 'median', spread: 'minMax', atLeast: 2 },
    },
    withOutliers: ['loss'],
    metrics: 'loss',
  },
};

describe('view', () => {
  it('comes back as it was saved', () => {
    expect(parseView(formatView(VIEW))).toEqual(VIEW);
    expect(parseView(formatView(START_VIEW))).toEqual(START_VIEW);
  });

  it.each([
    null,
    '{',
    '[]',
    '3',
    '{"columns":null,"sort":[{"column":"nonsense"}],"widths_px":{"metric.a":-4},"split":9,"charts":{"xAxis":"sideways","smoothingKind":"cubic","grouping":{"by":[]}}}',
  ])('takes %s for the start view', (json) =>
    expect(parseView(json)).toEqual(json?.includes('columns') ? { ...START_VIEW, columns: [] } : START_VIEW),
  );
});

describe('columns', () => {
  const info = (
    kind: 'metric' | 'param' | 'tag',
    key: string,
    runCount: number,
    numeric = true,
  ): ColumnInfo => ({
    column: { kind, key },
    runCount,
    numeric,
    direction: { better: null, chosen: false },
  });

  it('have ids that can be read back, dots and slashes included', () => {
    expect(parseColumnId(columnId({ kind: 'metric', key: 'a.b/c' }))).toEqual({
      kind: 'metric',
      key: 'a.b/c',
    });
    expect(parseColumnId('metric.')).toBe(undefined);
    expect(parseColumnId('other.x')).toBe(undefined);
  });

  it('start with what most runs have and what decides', () => {
    const infos = [
      info('metric', 'system/cpu', 100),
      info('metric', 'epoch', 100),
      info('metric', 'train_loss', 100),
      info('metric', 'val_accuracy', 80),
      info('metric', 'rare_f1', 3),
      info('param', 'lr', 100),
      info('tag', 'mlflow.user', 100),
    ];
    expect(defaultColumns(infos).map(columnId)).toEqual([
      'attribute.status',
      'metric.val_accuracy',
      'metric.train_loss',
      'metric.epoch',
      'param.lr',
      'attribute.start_time',
      'attribute.duration',
      'attribute.user_id',
    ]);
    expect(defaultColumns([]).map(columnId)).toContain('attribute.duration');
  });

  it('are right-aligned if their values are numbers', () => {
    const infos = [info('param', 'lr', 1), info('param', 'optimizer', 1, false)];
    expect(isNumeric({ kind: 'param', key: 'lr' }, infos)).toBe(true);
    expect(isNumeric({ kind: 'param', key: 'optimizer' }, infos)).toBe(false);
    expect(isNumeric({ kind: 'param', key: 'gone' }, infos)).toBe(false);
  });
});
