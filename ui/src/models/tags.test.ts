import { expect, test } from 'vitest';
import { keyRefusal, sortedTags, tagOwner, tagWarning } from './tags';

const tag = (key: string) => ({ key, value: '' });

test('tags that programs read are told from those of people', () => {
  expect(
    ['owner', 'podium.gates.champion', 'approval_status', 'mlflow.note', 'podiums', 'approval'].map(tagOwner),
  ).toEqual(['people', 'podium', 'podium', 'mlflow', 'people', 'people']);
  expect(tagWarning('podium.approval.champion')).toContain('Podium');
  expect(tagWarning('owner')).toBeUndefined();
});

test('those of people come first', () => {
  const keys = ['mlflow.a', 'podium.b', 'z', 'a'].map(tag);
  expect(sortedTags(keys).map(({ key }) => key)).toEqual(['a', 'z', 'podium.b', 'mlflow.a']);
});

test('a key that the server would refuse is refused while it is typed', () => {
  for (const key of ['owner', 'a/b', 'Über Tag', 'a.b', '...']) expect(keyRefusal(key, [])).toBeUndefined();
  for (const key of ['', '/a', 'a//b', '..', 'a/../b', 'a/', '.', 'x'.repeat(251)])
    expect(keyRefusal(key, [])).toBeDefined();
  expect(keyRefusal('owner', [tag('owner')])).toContain('already');
});
