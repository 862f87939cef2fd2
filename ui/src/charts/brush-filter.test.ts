import { describe, expect, it } from 'vitest';
import { bothFilters, brushFilter, type Brushed } from './brush-filter';

const numbers = (
  kind: 'metric' | 'param' | 'attribute',
  key: string,
  low: number,
  high: number,
): Brushed => ({
  column: { kind, key },
  dimension: { axis: { min: 0, max: 1e13, scale: 'linear' }, categories: null, names: null, lanes: [] },
  range: [low, high],
});

describe('a brush as a filter', () => {
  it('keeps the runs at its edges, and an end of the axis is no condition', () => {
    expect(brushFilter([numbers('param', 'lr', 0.000123456789, 0.0123456789)])).toBe(
      'params.lr >= 0.00012345 AND params.lr <= 0.012346',
    );
    expect(brushFilter([numbers('metric', 'val/acc', 0.8, 2e13)])).toBe('metrics.`val/acc` >= 0.8');
    expect(brushFilter([numbers('attribute', 'start_time', 1.5, 1700000000000.2)])).toBe(
      'start_time >= 1 AND start_time <= 1700000000001',
    );
    expect(brushFilter([numbers('param', 'lr', -1, 2e13)])).toBeUndefined();
  });

  it('keeps an end of the axis where values beyond it have no place there', () => {
    const lr = numbers('param', 'lr', 0, 0.5);
    const log = { ...lr.dimension, axis: { min: 0.001, max: 1, scale: 'log' as const } };
    const lanes = [{ lane: 'nonPositive' as const, runs: 2 }];
    const brushed = { ...lr, dimension: { ...log, lanes }, range: [0.001, 0.5] as const };
    expect(brushFilter([brushed])).toBe('params.lr >= 0.001 AND params.lr <= 0.5');
  });

  it('names categories, and says nothing where they cannot be named', () => {
    const optimizer = (names: string[] | null): Brushed => ({
      column: { kind: 'param', key: 'optimizer' },
      dimension: { axis: { min: -0.5, max: 2.5, scale: 'linear' }, categories: 3, names, lanes: [] },
      range: [0.6, 2.4],
    });
    expect(brushFilter([optimizer(['adam', "it's", 'sgd'])])).toBe(`params.optimizer IN ("it's", 'sgd')`);
    expect(brushFilter([optimizer(['adam', `both ' and "`, 'sgd'])])).toBeUndefined();
    expect(brushFilter([{ ...optimizer(['adam', 'lion', 'sgd']), range: [1.2, 1.4] }])).toBeUndefined();
    expect(brushFilter([optimizer(null), numbers('param', 'lr', 1, 2)])).toBeUndefined();
  });

  it('is joined with what is asked already', () => {
    expect(bothFilters(' ', 'a = 1')).toBe('a = 1');
    expect(bothFilters('a = 1 OR b = 2', 'c = 3')).toBe('(a = 1 OR b = 2) AND c = 3');
  });
});
