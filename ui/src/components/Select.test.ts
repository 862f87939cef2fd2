// @vitest-environment happy-dom
import { mount, unmount } from 'svelte';
import { afterEach, expect, it } from 'vitest';
import Select from './Select.svelte';

let shown: object | undefined;
afterEach(async () => {
  if (shown) await unmount(shown);
});

it.each([
  [200, 'BUTTON'],
  [201, 'INPUT'],
])('of %d choices one is chosen in a %s: what cannot all be shown is typed into', (count, tag) => {
  const options = Array.from({ length: count }, (_, i) => ({ value: String(i), label: `host ${i}` }));
  shown = mount(Select, { target: document.body, props: { label: 'Host', options, value: '0' } });
  const control = document.querySelector('.podium-select, .podium-combo');
  expect(control?.tagName).toBe(tag);
});
