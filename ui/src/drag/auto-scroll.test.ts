// Scrolling starts near an edge only, and faster the nearer.
import { expect, it } from 'vitest';
import { edgeSpeed } from './auto-scroll';

it('rests in the middle and outside', () => {
  expect(edgeSpeed(300, 0, 600)).toBe(0);
  expect(edgeSpeed(-5, 0, 600)).toBe(0);
  expect(edgeSpeed(700, 0, 600)).toBe(0);
});

it('grows towards the edges', () => {
  expect(edgeSpeed(10, 0, 600)).toBeLessThan(edgeSpeed(20, 0, 600));
  expect(edgeSpeed(20, 0, 600)).toBeLessThan(0);
  expect(edgeSpeed(595, 0, 600)).toBeGreaterThan(edgeSpeed(580, 0, 600));
});

it('leaves a resting place even in a small box', () => expect(edgeSpeed(20, 0, 40)).toBe(0));
