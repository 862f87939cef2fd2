// Cards are listed where there may be a curve, stay in their place, and never thousands at once.
import { expect, it } from 'vitest';
import type { CurveInfo } from '../backend';
import { CurveList } from './curve-list.svelte';

const info = (key: string, chance: CurveInfo['chance']): CurveInfo => ({ key, runCount: 1, chance });
const keys = (curves: CurveInfo[]) => curves.map(({ key }) => key);

it('a metric with one value goes, one that turns out to be a curve keeps its place', () => {
  const list = new CurveList();
  const first = list.of([info('z', 'likely'), info('a', 'possible'), info('b', 'possible')]);
  expect(keys(first.cards)).toEqual(['z', 'a', 'b']);
  const then = list.of([info('a', 'likely'), info('z', 'likely'), info('b', 'none')]);
  expect([keys(then.cards), keys(then.single)]).toEqual([['z', 'a'], ['b']]);
  // Another screen knows already.
  const next = new CurveList().of([info('a', 'likely'), info('z', 'likely'), info('b', 'none')]);
  expect(keys(next.cards)).toEqual(['a', 'z']);
});

it('what is only possible is listed a few at a time, however many turn out to be single values', () => {
  const list = new CurveList();
  const all = Array.from({ length: 1000 }, (_, i) => info(`m${i}`, 'possible'));
  const first = list.of(all);
  expect([first.cards.length, first.later.length]).toEqual([24, 976]);
  const known = new Set(keys(first.cards));
  const then = list.of(all.map((each) => (known.has(each.key) ? info(each.key, 'none') : each)));
  expect([then.cards.length, then.single.length, then.later.length]).toEqual([0, 24, 976]);
  list.more();
  expect(list.of(all).cards.length).toBe(48);
  // A search brings what it finds.
  expect(keys(new CurveList().of([info('m999', 'possible')]).cards)).toEqual(['m999']);
});
