// @vitest-environment happy-dom
// The note of an experiment is behind a button, which is there only where there is a note.
import { createRawSnippet, flushSync, getAllContexts, mount, tick, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import { commands, type Experiment } from '../backend';
import Overlays from '../shell/Overlays.svelte';
import NoteButton from './NoteButton.svelte';

let shown: object | undefined;
const noted = (name: string, note?: string) =>
  ({ name, tags: note === undefined ? [] : [{ key: 'mlflow.note.content', value: note }] }) as Experiment;

async function show(...experiments: Experiment[]) {
  const children = createRawSnippet(() => ({
    render: () => '<main></main>',
    setup: (target) => {
      const inner = mount(NoteButton, { target, props: { experiments }, context: getAllContexts() });
      return () => void unmount(inner);
    },
  }));
  shown = mount(Overlays, { target: document.body, props: { children } });
  await tick();
}

afterEach(async () => {
  if (shown) await unmount(shown);
  vi.restoreAllMocks();
});

it('is not there without a note', async () => {
  await show(noted('resnet'), noted('vit', ' '));
  expect(document.querySelector('main button')).toBeNull();
});

it('shows each note as Markdown, with whose it is where there are several experiments', async () => {
  vi.spyOn(commands, 'markdownHtml').mockImplementation(async (source) => `<p>${source.toUpperCase()}</p>`);
  await show(noted('resnet', 'sweep'), noted('vit'));
  const button = document.querySelector<HTMLElement>('main button');
  expect(button?.textContent).toContain('Note');
  flushSync(() => button?.click());
  await vi.waitFor(() => expect(document.querySelector('.podium-popup')?.textContent).toContain('SWEEP'));
  expect(document.querySelector('.podium-popup h2')?.textContent).toBe('resnet');
});
