// A secret value goes to the vault and never into the profile.
import { expect, it } from 'vitest';
import { headersOf, newRow, rowsOf, slotOf, typedSecrets } from './headers';

it('reads headers and writes them back the same', () => {
  const headers = [
    { name: 'X-Team', value: 'vision' },
    { name: 'X-Key', value: null },
  ];
  expect(headersOf(rowsOf(headers))).toEqual(headers);
});

it('keeps a typed secret out of the profile, under the name of its slot', () => {
  const row = { ...newRow(), name: ' X-Key ', value: 'hunter2', secret: true };
  expect(JSON.stringify(headersOf([row]))).not.toContain('hunter2');
  expect(typedSecrets([row])).toEqual([['header:x-key', 'hunter2']]);
  expect(slotOf('CF-Access')).toBe('header:cf-access');
});

it('sends no empty secret: what is saved stays', () => {
  expect(typedSecrets(rowsOf([{ name: 'X-Key', value: null }]))).toEqual([]);
});
