// @vitest-environment happy-dom
// What a model says of itself is edited where it stands: Escape gives up, and another's change is shown before it is lost.
import { createRawSnippet, getAllContexts, mount, tick, unmount, type Component } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { asAppError, commands, type Edited } from '../backend';
import Overlays from '../shell/Overlays.svelte';
import EditableNote from './EditableNote.svelte';
import EditableTags from './EditableTags.svelte';

const of = {
  profileId: 'p',
  name: 'churn',
  version: null,
  writes: 'allowed' as const,
  readOnly: undefined as string | undefined,
};
let page: object | undefined;
let sent: unknown[][] = [];
let answer: () => Edited;

beforeEach(() => {
  sent = [];
  answer = () => ({ kind: 'saved' });
  vi.spyOn(commands, 'markdownHtml').mockImplementation(async (text) => `<p>${text}</p>`);
  vi.spyOn(commands, 'editModel').mockImplementation(async (...asked) => {
    sent.push(asked.slice(3));
    return answer();
  });
});
afterEach(async () => {
  if (page) await unmount(page);
  page = undefined;
  document.body.innerHTML = '';
});

async function settle() {
  await new Promise((resolve) => setTimeout(resolve, 10));
  await tick();
}
async function show(part: Component<never>, props: object) {
  const children = createRawSnippet(() => ({
    render: () => '<div></div>',
    setup: (target) => {
      const inner = mount(part, { target, props: props as never, context: getAllContexts() });
      return () => void unmount(inner);
    },
  }));
  page = mount(Overlays, { target: document.body, props: { children } });
  await settle();
}
const button = (name: string) =>
  [...document.querySelectorAll('button')].find((each) =>
    (each.getAttribute('aria-label') ?? each.textContent.trim()).startsWith(name),
  );
async function click(name: string) {
  const found = button(name);
  if (!found) throw new Error(`no button ${name}: ${document.body.textContent}`);
  found.click();
  await settle();
}
async function type(text: string, place = 'textarea') {
  const field = document.querySelector<HTMLTextAreaElement | HTMLInputElement>(place);
  if (!field) throw new Error(`no ${place}`);
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  await settle();
}
const press = async (key: string, place: string) => {
  document.querySelector(place)?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
  await settle();
};

test('a description is sent with what the user began with, and Escape sends nothing', async () => {
  await show(EditableNote as Component<never>, { of, source: 'old' });
  await click('Edit the description');
  await type('mine');
  await press('Escape', 'textarea');
  expect(document.querySelector('textarea')).toBeNull();
  await click('Edit the description');
  await type('mine');
  await click('Save');
  expect(sent).toEqual([[{ kind: 'description', text: 'mine', expected: 'old' }, null]]);
  expect(document.querySelector('textarea')).toBeNull();
});

test('what somebody else wrote is shown, and is written over only when the user says so', async () => {
  await show(EditableNote as Component<never>, { of, source: 'old' });
  answer = () => ({ kind: 'changed', now: 'theirs' });
  await click('Edit the description');
  await type('mine');
  await click('Save');
  expect(document.body.textContent).toContain('theirs');
  expect(document.querySelector('textarea')?.value).toBe('mine');
  answer = () => ({ kind: 'saved' });
  await click('Save mine over it');
  expect(sent.at(-1)).toEqual([{ kind: 'description', text: 'mine', expected: 'theirs' }, null]);
});

test('an answer that was lost is said and the text stays', async () => {
  await show(EditableNote as Component<never>, { of, source: 'old' });
  vi.spyOn(commands, 'editModel').mockRejectedValue({
    ...asAppError(new Error('the answer was lost')),
    code: 'timedOut',
  });
  await click('Edit the description');
  await type('mine');
  await click('Save');
  expect(document.body.textContent).toContain('the answer was lost');
  expect(document.querySelector('textarea')?.value).toBe('mine');
});

test('a tag of a program is changed only after its warning, an empty one is a value', async () => {
  const tags = [
    { key: 'podium.gates.champion', value: 'a > 1' },
    { key: 'reviewed', value: '' },
  ];
  await show(EditableTags as Component<never>, { of, tags });
  expect(document.body.textContent).toContain('empty');
  await click('Edit podium.gates.champion');
  await type('a > 0', 'input:not([type=checkbox])');
  expect(button('Save')?.disabled).toBe(true);
  document.querySelector<HTMLInputElement>('input[type=checkbox]')?.click();
  await settle();
  await click('Save');
  expect(sent).toEqual([
    [{ kind: 'tag', key: 'podium.gates.champion', value: 'a > 0', expected: 'a > 1' }, null],
  ]);
  await click('Delete reviewed');
  await click('Delete');
  expect(sent.at(-1)).toEqual([{ kind: 'tag', key: 'reviewed', value: null, expected: '' }, null]);
});

test('where nothing may be written there is nothing to press', async () => {
  const tags = [{ key: 'owner', value: 'ana' }];
  await show(EditableTags as Component<never>, { of: { ...of, readOnly: 'read-only' }, tags });
  expect(button('Edit owner')).toBeUndefined();
  expect(button('Tag')).toBeUndefined();
});
