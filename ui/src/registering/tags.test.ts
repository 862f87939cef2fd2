// Tags and names as they are typed.
import { expect, it } from 'vitest';
import { modelNameRefusal, readTags } from './tags';

it('reads one tag a line, with what follows the first = as its value', () => {
  expect(readTags(' team = risk \n\nrule = a >= 0.9\nempty =')).toEqual({
    tags: [
      { key: 'team', value: 'risk' },
      { key: 'rule', value: 'a >= 0.9' },
      { key: 'empty', value: '' },
    ],
    problem: undefined,
  });
  expect(readTags('').tags).toEqual([]);
});

it('says what it cannot read', () => {
  expect(readTags('team').problem).toContain('key = value');
  expect(readTags('= x').problem).toContain('key = value');
  expect(readTags('a = 1\na = 2').problem).toBe('a is there twice');
  expect(readTags('podium.reason = x').problem).toContain('themselves');
});

it('knows the names that no server takes', () => {
  expect(modelNameRefusal('churn gbdt. モデル')).toBeUndefined();
  for (const name of ['', ' ', 'a/b', 'a:b', '..']) expect(modelNameRefusal(name)).toBeDefined();
});
