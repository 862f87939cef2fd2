import { expect, test } from 'vitest';
import type { AppError, ArtifactRoot, TreeEntry } from '../backend';
import { firstToShow, folderId, nodeId, nodesOf } from './tree';

const run: ArtifactRoot = { kind: 'run', id: 'r' };
const model: ArtifactRoot = { kind: 'loggedModel', id: 'm' };
const entry = (path: string, isDir = false, root: ArtifactRoot = run): TreeEntry => ({
  root,
  path,
  name: path.split('/').at(-1) || 'model',
  isDir,
  sizeBytes: isDir ? null : 10,
});

test('a folder that was not read yet is read later, one that failed says why', () => {
  const failed: AppError = { code: 'unreachable', message: 'away', part: null };
  const below = new Map<string, readonly TreeEntry[] | AppError>([
    [folderId(run, ''), [entry('a', true), entry('b', true), entry('c', true)]],
    [folderId(run, 'b'), [entry('b/x.txt')]],
    [folderId(run, 'c'), failed],
  ]);
  const [a, b, c] = nodesOf(folderId(run, ''), below);
  expect(a?.children).toBe('later');
  expect(b?.children).toMatchObject([{ label: 'x.txt' }]);
  expect(c).toMatchObject({ children: 'later', error: 'away' });
});

test('a logged model and its run may have the same paths', () => {
  expect(nodeId(entry('MLmodel'))).not.toBe(nodeId(entry('MLmodel', false, model)));
});

test('a folder and a file of one path are two nodes', () => {
  const below = new Map([[folderId(run, ''), [entry('model', true), entry('model')]]]);
  const [folder, file] = nodesOf(folderId(run, ''), below);
  expect(folder?.id).not.toBe(file?.id);
  expect([folder?.children, file?.children]).toEqual(['later', undefined]);
});

test('a readme is shown first, then a picture, then anything', () => {
  expect(firstToShow([entry('a.bin'), entry('z.png'), entry('README.md')])?.name).toBe('README.md');
  expect(firstToShow([entry('a.bin'), entry('z.png')])?.name).toBe('z.png');
  expect(firstToShow([entry('dir', true)])).toBeUndefined();
});
