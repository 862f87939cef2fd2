// Choosing a route: saved ones, aliases of the ssh config, new hops.
import { expect, it } from 'vitest';
import type { Route } from '../backend';
import { newHop } from '../backend/new-profile';
import { choiceOf, namedRoute, routeChoices, routeFor } from './route-choice';

const LAB: Route = { id: 'r1', name: 'lab', hops: [newHop('lab')] };
const ALIASES = [
  { name: 'lab', words: 'lab.org' },
  { name: 'gpu box', words: 'x' },
];

it('offers an alias only where no saved route stands for it', () => {
  expect(routeChoices([LAB], ALIASES).map(({ value }) => value)).toEqual([
    'route r1',
    'alias gpu box',
    'new',
  ]);
  const other: Route = { ...LAB, hops: [{ ...newHop('lab'), user: 'root' }] };
  expect(routeChoices([other], ALIASES).map(({ value }) => value)).toContain('alias lab');
});

it('goes from a choice to a route and back', () => {
  for (const choice of ['route r1', 'alias gpu box', 'new']) {
    const { routeId, draft } = routeFor(choice, [LAB]);
    expect(choiceOf(routeId, draft)).toBe(choice);
  }
  expect(routeFor('alias gpu box', [LAB]).draft?.hops).toEqual([newHop('gpu box')]);
});

it('never turns a route that is gone into a direct connection', () => {
  const { routeId, draft } = routeFor('route r9', [LAB]);
  expect(routeId !== null || draft !== undefined).toBe(true);
});

it('names a route without a name after its hops', () => {
  expect(namedRoute({ id: '', name: ' ', hops: [newHop('a'), newHop('b')] }).name).toBe('a → b');
  expect(namedRoute({ ...LAB, name: ' office ' }).name).toBe('office');
});
