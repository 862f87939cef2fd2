// @vitest-environment happy-dom
// The colour of a run is chosen among those of the palette, and says who has which.
import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import { commands } from '../backend';
import ColorChoices from './ColorChoices.svelte';

const run = { profileId: 'p', runId: 'a', displayName: 'mine', color: 2 };
const other = { profileId: 'p', runId: 'b', displayName: 'yours', color: 5 };
let shown: object | undefined;

afterEach(async () => {
  if (shown) await unmount(shown);
  vi.restoreAllMocks();
});

function open(onchosen = () => undefined) {
  shown = mount(ColorChoices, { target: document.body, props: { run, beside: [run, other], onchosen } });
  flushSync();
  return [...document.querySelectorAll<HTMLButtonElement>('[role=radio]')];
}

it('says which is the run’s own and which another run has', () => {
  const colors = open();
  expect(colors).toHaveLength(20);
  expect(
    colors.filter((color) => color.ariaChecked === 'true' || color.getAttribute('aria-checked') === 'true'),
  ).toEqual([colors[2]]);
  expect(colors[5]?.getAttribute('aria-label')).toBe('Colour 6: also yours');
  expect(colors[2]?.getAttribute('aria-label')).toBe('Colour 3');
});

it('keeps the one that is clicked, and asks nothing for its own', async () => {
  const chosen = vi.fn();
  const choose = vi.spyOn(commands, 'chooseRunColor').mockResolvedValue(null);
  const colors = open(chosen);
  colors[7]?.click();
  await vi.waitFor(() => expect(chosen).toHaveBeenCalledTimes(1));
  expect(choose).toHaveBeenCalledWith({ profileId: 'p', runId: 'a' }, 7);
  colors[2]?.click();
  await vi.waitFor(() => expect(chosen).toHaveBeenCalledTimes(2));
  expect(choose).toHaveBeenCalledTimes(1);
});

it('is walked by the arrows in rows of ten', () => {
  const colors = open();
  colors[2]?.focus();
  const press = (key: string) => {
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }));
    return colors.indexOf(document.activeElement as HTMLButtonElement);
  };
  expect([press('ArrowRight'), press('ArrowDown'), press('ArrowLeft'), press('ArrowUp')]).toEqual([
    3, 13, 12, 2,
  ]);
});

it('is written to the server when asked, and not before', async () => {
  const write = vi.spyOn(commands, 'writeRunColor').mockResolvedValue(null);
  open();
  const button = [...document.querySelectorAll('button')].find(({ textContent }) =>
    textContent.includes('Write this colour'),
  );
  expect(write).not.toHaveBeenCalled();
  button?.click();
  await vi.waitFor(() => expect(write).toHaveBeenCalledWith({ profileId: 'p', runId: 'a' }, null));
});
