import { expect, test } from 'vitest';
import { segmentsOf } from './ansi';

test('a plain line is one piece', () => {
  expect(segmentsOf('epoch 1: m = 3')).toEqual([{ text: 'epoch 1: m = 3', style: '' }]);
  expect(segmentsOf('')).toEqual([{ text: '', style: '' }]);
});

test('colours are tokens that both themes have, and a background leaves the text readable', () => {
  expect(segmentsOf('a\u001b[31mred\u001b[m b\u001b[1;92mok')).toEqual([
    { text: 'a', style: '' },
    { text: 'red', style: 'color:var(--danger)' },
    { text: ' b', style: '' },
    { text: 'ok', style: 'color:var(--better);font-weight:700' },
  ]);
  const styles = (codes: string) => segmentsOf(`\u001b[${codes}mx`)[0]?.style;
  expect(styles('37;41')).toBe('background:color-mix(in srgb, var(--danger) 18%, transparent)');
  expect(styles('7;36')).toBe('background:color-mix(in srgb, var(--cyan) 18%, transparent)');
  expect(styles('7')).toBe('background:color-mix(in srgb, var(--text-3) 18%, transparent)');
  expect(styles('2;3;4;9')).toBe(
    'color:var(--text-2);font-style:italic;text-decoration:underline line-through',
  );
});
