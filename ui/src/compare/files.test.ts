import { expect, test } from 'vitest';
import type { AppError, RunEnvironment, RunFiles } from '../backend';
import { artifactSection, environmentSection } from './files';

const error: AppError = { code: 'forbidden', message: 'may not be read', part: null };
const environment = (python: string | null, ...packages: [string, string][]): { value: RunEnvironment } => ({
  value: {
    python,
    packages: packages.map(([name, version]) => ({ name, version })),
    files: ['model/requirements.txt'],
    complete: true,
  },
});
const nothing = { value: { python: null, packages: [], files: [], complete: true } };
const files = (...of: [string, number | null][]): { value: RunFiles } => ({
  value: { files: of.map(([path, sizeBytes]) => ({ path, sizeBytes })), failures: [], unseen: [] },
});
const told = ({ rows }: ReturnType<typeof environmentSection>) =>
  rows.map(({ key, cells, differs }) => [
    key,
    ...cells.map((cell) => (cell === null ? null : 'value' in cell ? cell.value : cell.kind)),
    differs,
  ]);

test('packages that were added, removed or changed differ, and what is not known is no difference', () => {
  const section = environmentSection([
    environment('3.11.9', ['numpy', '1.26'], ['torch', '2.6']),
    environment('3.11.9', ['numpy', '2.0'], ['lion', '0.2']),
    nothing,
    { error },
    undefined,
  ]);
  expect(told(section)).toEqual([
    [
      'Recorded in',
      'model/requirements.txt',
      'model/requirements.txt',
      'unknown',
      'failed',
      'reading',
      false,
    ],
    ['Python', '3.11.9', '3.11.9', 'unknown', 'unknown', 'unknown', false],
    ['lion', null, '0.2', 'unknown', 'unknown', 'unknown', true],
    ['numpy', '1.26', '2.0', 'unknown', 'unknown', 'unknown', true],
    ['torch', '2.6', null, 'unknown', 'unknown', 'unknown', true],
  ]);
});

test('a package is absent only where the whole file was read', () => {
  const cut = environment(null, ['numpy', '1']);
  cut.value.complete = false;
  const section = environmentSection([environment(null, ['numpy', '1'], ['torch', '2']), cut]);
  expect(told(section).at(-1)).toEqual(['torch', '2', 'unknown', false]);
  expect(environmentSection([nothing, nothing]).none).toContain('recorded no environment');
  expect(environmentSection([nothing, { error }]).none).toBeUndefined();
});

test('files are compared by path and size, and what lies in a folder that was not read is not known', () => {
  const hidden = files(['a.txt', 2]);
  hidden.value.failures = [{ path: 'plots', error }];
  const section = artifactSection([
    files(['a.txt', 1], ['plots/roc.png', null], ['b.txt', 0]),
    files(['a.txt', 1]),
    hidden,
  ]);
  expect(told(section)).toEqual([
    ['plots/', 'unknown', 'unknown', 'failed', false],
    ['a.txt', 1, 1, 2, true],
    ['b.txt', 0, null, null, true],
    ['plots/roc.png', 'unknown', null, 'unknown', true],
  ]);
  expect(artifactSection([files(), files()]).none).toBe('These runs have no artifacts.');
  const unseen = files();
  unseen.value.unseen = ['deep/er'];
  expect(told(artifactSection([files(['deep/er/x', 1]), unseen]))).toEqual([
    ['deep/er/x', 1, 'unknown', false],
  ]);
  expect(artifactSection([{ error }, undefined]).rows[0]?.cells.map((cell) => cell?.kind)).toEqual([
    'failed',
    'reading',
  ]);
});
