import { expect, it } from 'vitest';
import { asWord, crumbsOf, nameIn, toggleWord } from './registry';

it('a word is added once and taken away again, and others stay', () => {
  expect(toggleWord('churn', 'owner:ana')).toBe('churn owner:ana');
  expect(toggleWord(' churn  Owner:ana ', 'owner:Ana')).toBe('churn');
  expect(toggleWord('', 'tag:tier=1')).toBe('tag:tier=1');
});

it('a text with spaces is found by its first word', () => {
  expect(asWord('owner', ' Ana Lee ')).toBe('owner:Ana');
  expect(asWord('tag', '')).toBe('tag:');
});

it('a folder says the way to it, and a name what stands after it', () => {
  expect(crumbsOf('vision/resnet.')).toEqual([
    { label: 'vision', path: 'vision/' },
    { label: 'resnet', path: 'vision/resnet.' },
  ]);
  expect(crumbsOf('')).toEqual([]);
  expect(nameIn('vision/', 'vision/vit')).toBe('vit');
  expect(nameIn(undefined, 'vision/vit')).toBe('vision/vit');
});
