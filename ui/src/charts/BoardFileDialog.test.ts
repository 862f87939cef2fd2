// @vitest-environment happy-dom
// Saving a board: what is asked for, how far it is, and that it can be stopped.
import { createRawSnippet, getAllContexts, mount, tick, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import { commands, type BoardFile } from '../backend';
import Overlays from '../shell/Overlays.svelte';
import type { ShownBoard } from './board-file';
import BoardFileDialog from './BoardFileDialog.svelte';

const chart = { kind: 'bars' as const, of: { key: 'acc', runs: [], highlighted: null, colorBy: null } };
const board: ShownBoard = {
  sections: [{ title: 'val/', cards: [{ title: 'acc', size: 'small', remarks: [], chart }] }],
  closed: 3,
  runs: 2,
};
const facts = { title: 'sweep', runs: '2 runs', filter: 'lr > 1', profileIds: ['p'] };

let shown: object | undefined;
async function open() {
  const children = createRawSnippet(() => ({
    render: () => '<main></main>',
    setup: (target) => {
      const props = { board, facts, onclose: () => undefined };
      const inner = mount(BoardFileDialog, { target, props, context: getAllContexts() });
      return () => void unmount(inner);
    },
  }));
  shown = mount(Overlays, { target: document.body, props: { children } });
  await settle();
}
async function settle() {
  for (let i = 0; i < 4; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
    await tick();
  }
}
const button = (text: string) =>
  [...document.querySelectorAll<HTMLElement>('button')].find((each) => each.textContent.includes(text));

afterEach(async () => {
  if (shown) await unmount(shown);
  shown = undefined;
  vi.restoreAllMocks();
});

it('asks for the board with all that is known of it, and says where it went and what is left out', async () => {
  const save = vi.spyOn(commands, 'saveBoard').mockResolvedValue('/tmp/sweep.html');
  await open();
  expect(document.body.textContent).toMatch(/3 in closed sections\s+are left out/);
  button('Save…')?.click();
  await settle();
  const asked = save.mock.calls[0]?.[0] as BoardFile;
  expect(asked).toMatchObject({ ...facts, format: 'html', widthPx: 1400 });
  expect(asked.sections).toEqual([{ title: 'val/', cards: [{ title: 'acc', remarks: [], span: 3, chart }] }]);
  expect(document.querySelector('[role="status"]')?.textContent).toContain('/tmp/sweep.html');
});

it('can be stopped while it is saved, and says what went wrong', async () => {
  let fail: (error: unknown) => void = () => undefined;
  vi.spyOn(commands, 'saveBoard').mockReturnValue(new Promise((_, reject) => (fail = reject)));
  const stop = vi.spyOn(commands, 'stopSavingBoard').mockResolvedValue(null);
  await open();
  button('Save…')?.click();
  await settle();
  button('Stop')?.click();
  expect(stop).toHaveBeenCalledOnce();
  fail({ code: 'unsupported', message: 'too large', part: null });
  await settle();
  expect(document.body.textContent).toContain('too large');
  expect(button('Stop')).toBeUndefined();
});
