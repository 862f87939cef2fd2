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
  const below = new Map<string, readonly TreeEntry[]>([
    [folderId(run, ''), [entry('a', true), entry('b', true), entry('c', true), entry('d', true)]],
    [folderId(run, 'b'), [entry('b/x.txt')]],
    [folderId(run, 'd'), [entry('d/y.txt')]],
  ]);
  const failures = new Map([
    [folderId(run, 'c'), failed],
    [folderId(run, 'd'), failed],
  ]);
  const [a, b, c, d] = nodesOf(folderId(run, ''), below, failures);
  expect(a?.children).toBe('later');
  expect(b?.children).toMatchObject([{ label: 'x.txt' }]);
  expect(c).toMatchObject({ children: 'later', error: 'away' });
  expect(d).toMatchObject({ children: [{ label: 'y.txt' }], error: 'away' });
});

test('a logged model and its run may have the same paths', () => {
  expect(nodeId(entry('MLmodel'))).not.toBe(nodeId(entry('MLmodel', false, model)));
});

test('a folder and a file of one path are two nodes', () => {
  const below = new Map([[folderId(run, ''), [entry('model', true), entry('model')]]]);
  const [folder, file] = nodesOf(folderId(run, ''), below, new Map());
  expect(folder?.id).not.toBe(file?.id);
  expect([folder?.children, file?.children]).toEqual(['later', undefined]);
});

test('a readme is shown first, then a picture, then anything', () => {
  expect(firstToShow([entry('a.bin'), entry('z.png'), entry('README.md')])?.name).toBe('README.md');
  expect(firstToShow([entry('a.bin'), entry('z.png')])?.name).toBe('z.png');
  expect(firstToShow([entry('dir', true)])).toBeUndefined();
});
