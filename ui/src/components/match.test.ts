// The best match comes first.
import { expect, it } from 'vitest';
import { rank, score } from './match';

const same = (text: string) => text;

it('letters must appear in order', () => {
  expect(score('vls', 'val_loss')).toBeDefined();
  expect(score('slv', 'val_loss')).toBeUndefined();
  expect(score('', 'anything')).toBe(0);
});

it('starts of words beat middles, whole words beat scattered letters', () => {
  expect(rank('loss', ['glossary', 'val_loss', 'loss', 'l1_over_s_s'], same)).toEqual([
    'loss',
    'val_loss',
    'glossary',
    'l1_over_s_s',
  ]);
});

it('finds Japanese names', () => expect(rank('分類', ['画像分類', 'churn'], same)).toEqual(['画像分類']));
