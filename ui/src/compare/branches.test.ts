import { expect, test } from 'vitest';
import { branches, rowsIn, type Branch } from './branches';

type Key = { key: string };
const drawn = (branch: Branch<Key>): unknown =>
  branch.kind === 'leaf' ? branch.title : { [branch.title]: branch.below.map(drawn) };
const tree = (...keys: string[]) => branches(keys.map((key) => ({ key }))).map(drawn);

test('two keys make a branch, one does not', () => {
  expect(tree('data.augment', 'data.size', 'lr', 'optim.lr')).toEqual([
    { data: ['augment', 'size'] },
    'lr',
    'optim.lr',
  ]);
});

test('what goes on alike is one branch, by points and slashes', () => {
  expect(tree('model/backbone.depth', 'model/backbone.width')).toEqual([
    { 'model/backbone': ['depth', 'width'] },
  ]);
  expect(tree('a.b.c', 'a.b.d', 'a.e')).toEqual([{ a: [{ b: ['c', 'd'] }, 'e'] }]);
  expect(tree('a.b', 'a/b')).toEqual(['a.b', 'a/b']);
});

test('a key may be called as a branch is, twice even, and end or begin with a separator', () => {
  expect(tree('opt', 'opt.lr', 'opt.name')).toEqual(['opt', { opt: ['lr', 'name'] }]);
  expect(tree('same', 'same')).toEqual(['same', 'same']);
  expect(tree('', '.', '/a', 'a.', 'a..b', 'a..c')).toEqual(['', '.', '/a', 'a.', { a: ['b', 'c'] }]);
});

test('no key is lost', () => {
  const keys = ['x.y.z', 'x.y', 'x', 'x.y.', '/x/y', '/x/z', '...', 'x.y.w'];
  const found = branches(keys.map((key) => ({ key }))).flatMap(rowsIn);
  expect(found.map(({ key }) => key).toSorted()).toEqual(keys.toSorted());
});
