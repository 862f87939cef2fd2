// @vitest-environment happy-dom
// What the user is told about how a file was read, and what he can choose.
import { mount, tick, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import { commands, type Look, type LookAs } from '../backend';
import Preview from './Preview.svelte';

let shown: ReturnType<typeof mount> | undefined;
afterEach(async () => {
  if (shown) await unmount(shown);
});

/** Shows what `answer` says, and tells what it was asked. */
async function preview(answer: (wish: LookAs) => Look): Promise<LookAs[]> {
  const asked: LookAs[] = [];
  vi.spyOn(commands, 'previewArtifact').mockImplementation((_profileId, _root, _path, wish) => {
    asked.push(wish);
    return Promise.resolve(answer(wish));
  });
  document.body.replaceChildren();
  shown = mount(Preview, {
    target: document.body,
    props: { profileId: 'p', root: { kind: 'run', id: 'r' }, path: 'logs/train.log' },
  });
  await settled();
  return asked;
}
async function settled() {
  for (let i = 0; i < 4; i++) await tick();
}
async function press(name: string) {
  const button = [...document.querySelectorAll('button')].find((each) => each.textContent?.trim() === name);
  expect(button, `a button ${name}`).toBeDefined();
  button?.click();
  await settled();
}
const said = () => document.body.textContent ?? '';

const text = (content: string, damaged = false): Look => ({
  preview: { kind: 'text', text: content, language: 'text', truncated: false, overwritten: true },
  text: { encoding: 'windows-1251', damaged },
  hasSource: true,
  readBytes: 90,
  sizeBytes: 90,
});

it('says the encoding, and that not all of the text is in it', async () => {
  await preview(() => text('а\ufffd', true));
  expect(said()).toContain('windows-1251');
  expect(said()).toContain('not all of it is windows-1251');
  expect(said()).toContain('last state of each line');
});

it('shows a log in its colours, and its source on request', async () => {
  const asked = await preview(({ source }) => text(source ? '␛[31mred' : '\u001b[31mred\u001b[m plain'));
  const red = document.querySelector<HTMLElement>('.line span');
  expect(red?.textContent).toBe('red');
  expect(red?.getAttribute('style')).toContain('var(--danger)');
  expect(said()).not.toContain('\u001b');
  expect(said()).not.toContain('not all of it');
  await press('Source');
  expect(asked).toEqual([
    { encoding: null, source: false },
    { encoding: null, source: true },
  ]);
  expect(said()).toContain('␛[31mred');
  await press('Source');
  expect(said()).toContain('red plain');
});

it('reads a file as text that seems to be none', async () => {
  const binary: Look = {
    preview: { kind: 'binary', description: 'binary file' },
    text: null,
    hasSource: false,
    readBytes: 9,
    sizeBytes: 9,
  };
  const asked = await preview(({ encoding }) => (encoding === null ? binary : text('words')));
  expect(said()).toContain('binary file');
  await press('Show as text');
  expect(asked.at(-1)).toEqual({ encoding: 'UTF-8', source: false });
  expect(said()).toContain('words');
});
