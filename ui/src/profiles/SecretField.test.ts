// @vitest-environment happy-dom
// What is typed as a secret is in sight for as long as it would be saved.
import { mount, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import SecretField from './SecretField.svelte';

let field: object | undefined;

function show(value: string) {
  const props = { label: 'Password', saved: true, keep: 'keyring' as const, value, onforget: vi.fn() };
  field = mount(SecretField, { target: document.body, props });
  return document.querySelector('input')?.value;
}

afterEach(async () => {
  if (field) await unmount(field);
});

it('says of one that is saved only that', () => {
  expect(show('')).toBeUndefined();
  expect(document.body.textContent).toContain('Saved');
});

it('shows what was typed before it was drawn, though one is saved', () => {
  expect(show('hunter2')).toBe('hunter2');
  expect(document.body.textContent).toContain('Keep the old one');
});
