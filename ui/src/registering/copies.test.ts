// How far a copy is, in words and as a share.
import { expect, it } from 'vitest';
import type { CopyProgress, CopyView } from '../backend';
import { amountWords, phaseOf, shareOf } from './copies';

const file = (sha256: string | null) => ({ path: 'a', sizeBytes: 1, sha256 });
const view = (version: string | null, progress: Partial<CopyProgress> | null) =>
  ({ state: { version, files: [file('x'), file(null)] }, progress }) as CopyView;

it('tells what runs, what was left and what is done', () => {
  expect(phaseOf(view(null, {}))).toBe('running');
  expect(phaseOf(view(null, null))).toBe('left');
  expect(phaseOf(view('3', null))).toBe('done');
});

it('counts bytes where all sizes are known, and files elsewhere', () => {
  const bytes = view(null, { files: 1, allFiles: 2, bytes: 250, allBytes: 1000 });
  expect(shareOf(bytes)).toBe(0.25);
  expect(amountWords(bytes)).toMatch(/^1 of 2 files, 250 .* of 1/);
  const files = view(null, { files: 1, allFiles: 2, bytes: 0, allBytes: null });
  expect(shareOf(files)).toBe(0.5);
  expect(amountWords(files)).toBe('1 of 2 files');
  expect(shareOf(view(null, null))).toBeUndefined();
  expect(amountWords(view(null, null))).toBe('1 of 2 files');
});
