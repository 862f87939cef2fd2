import { expect, test } from 'vitest';
import type { AppError, ArtifactRoot, TreeEntry } from '../backend';
import { firstToShow, nodeId, nodesOf } from './tree';

const run: ArtifactRoot = { kind: 'run', id: 'r' };
const model: ArtifactRoot = { kind: 'loggedModel', id: 'm' };
const entry = (path: string, isDir = false, root = run): TreeEntry => ({
  root,
  path,
  name: path.split('/').at(-1) || 'model',
  isDir,
  sizeBytes: isDir ? null : 10,
});

test('a folder that was not read yet is read later, one that failed says why', () => {
  const failed: AppError = { code: 'unreachable', message: 'away', part: null };
  const below = new Map<string, readonly TreeEntry[] | AppError>([
    [nodeId(run, ''), [entry('a', true), entry('b', true), entry('c', true)]],
    [nodeId(run, 'b'), [entry('b/x.txt')]],
    [nodeId(run, 'c'), failed],
  ]);
  const [a, b, c] = nodesOf(nodeId(run, ''), below);
  expect(a?.children).toBe('later');
  expect(b?.children).toMatchObject([{ label: 'x.txt' }]);
  expect(c).toMatchObject({ children: 'later', error: 'away' });
});

test('a logged model and its run may have the same paths', () => {
  expect(nodeId(run, 'MLmodel')).not.toBe(nodeId(model, 'MLmodel'));
});

test('a readme is shown first, then a picture, then anything', () => {
  expect(firstToShow([entry('a.bin'), entry('z.png'), entry('README.md')])?.name).toBe('README.md');
  expect(firstToShow([entry('a.bin'), entry('z.png')])?.name).toBe('z.png');
  expect(firstToShow([entry('dir', true)])).toBeUndefined();
});
