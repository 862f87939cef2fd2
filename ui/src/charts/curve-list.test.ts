// Cards are offered where there may be a curve, stay in their place, and never thousands at once.
import { expect, it } from 'vitest';
import type { CurveInfo } from '../backend';
import { Offered } from './offered.svelte';

const info = (key: string, chance: CurveInfo['chance']): CurveInfo => ({ key, runCount: 1, chance });
const keys = (curves: CurveInfo[]) => curves.map(({ key }) => key);

it('a metric with one value goes, one that turns out to be a curve keeps its place', () => {
  const offered = new Offered();
  const first = offered.of([info('z', 'likely'), info('a', 'possible'), info('b', 'possible')]);
  expect(keys(first.cards)).toEqual(['z', 'a', 'b']);
  const then = offered.of([info('a', 'likely'), info('z', 'likely'), info('b', 'none')]);
  expect([keys(then.cards), keys(then.single)]).toEqual([['z', 'a'], ['b']]);
  // Another screen knows already.
  const next = new Offered().of([info('a', 'likely'), info('z', 'likely'), info('b', 'none')]);
  expect(keys(next.cards)).toEqual(['a', 'z']);
});

it('what is only possible is offered a few at a time, however many turn out to be single values', () => {
  const offered = new Offered();
  const all = Array.from({ length: 1000 }, (_, i) => info(`m${i}`, 'possible'));
  const first = offered.of(all);
  expect([first.cards.length, first.later.length]).toEqual([24, 976]);
  const known = new Set(keys(first.cards));
  const then = offered.of(all.map((each) => (known.has(each.key) ? info(each.key, 'none') : each)));
  expect([then.cards.length, then.single.length, then.later.length]).toEqual([0, 24, 976]);
  offered.more();
  expect(offered.of(all).cards.length).toBe(48);
  // A search brings what it finds.
  expect(keys(new Offered().of([info('m999', 'possible')]).cards)).toEqual(['m999']);
});
