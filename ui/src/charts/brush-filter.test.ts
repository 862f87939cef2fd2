import { describe, expect, it } from 'vitest';
import { bothFilters, brushFilter, type Brushed } from './brush-filter';

const numbers = (
  kind: 'metric' | 'param' | 'attribute',
  key: string,
  low: number,
  high: number,
): Brushed => ({
  column: { kind, key },
  dimension: { axis: { min: 0, max: 1e13, scale: 'linear' }, categories: null, names: null },
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

  it('names categories, and says nothing where they cannot be named', () => {
    const optimizer = (names: string[] | null): Brushed => ({
      column: { kind: 'param', key: 'optimizer' },
      dimension: { axis: { min: -0.5, max: 2.5, scale: 'linear' }, categories: 3, names },
      range: [0.6, 2.4],
    });
    expect(brushFilter([optimizer(['adam', "it's", 'sgd'])])).toBe(`params.optimizer IN ("it's", 'sgd')`);
    expect(brushFilter([optimizer(null), numbers('param', 'lr', 1, 2)])).toBeUndefined();
  });

  it('is joined with what is asked already', () => {
    expect(bothFilters(' ', 'a = 1')).toBe('a = 1');
    expect(bothFilters('a = 1 OR b = 2', 'c = 3')).toBe('(a = 1 OR b = 2) AND c = 3');
  });
});
