// @vitest-environment happy-dom
// A folder is asked for where one can help, and what is wrong with it is said at its field.
import { flushSync, mount, tick, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import { commands, type AppError } from '../backend';
import ArtifactError from './ArtifactError.svelte';

let note: object | undefined;

function show(code: AppError['code']) {
  const onretry = vi.fn();
  const error: AppError = { code, message: 'These files are kept at C:\\runs.', part: null };
  const root = { kind: 'run' as const, id: 'r-1' };
  note = mount(ArtifactError, {
    target: document.body,
    props: { error, profileId: 'thesis', root, path: '', onretry },
  });
  flushSync();
  return onretry;
}

afterEach(async () => {
  if (note) await unmount(note);
  vi.restoreAllMocks();
});

it('asks for no folder where another thing went wrong', () => {
  show('io');
  expect(document.querySelector('input')).toBeNull();
});

it('reads again once the folder was found, and says why it was not', async () => {
  const choose = vi.spyOn(commands, 'chooseArtifactFolder');
  const onretry = show('artifactsElsewhere');
  const field = document.querySelector('input') as HTMLInputElement;
  field.value = '/copy';
  field.dispatchEvent(new Event('input'));
  const enter = () => field.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true }));
  choose.mockRejectedValueOnce({ code: 'refused', message: 'The files are not in /copy.', part: null });
  enter();
  await vi.waitFor(() => expect(document.body.textContent).toContain('The files are not in /copy.'));
  expect(onretry).not.toHaveBeenCalled();
  choose.mockResolvedValueOnce('/copy');
  enter();
  await vi.waitFor(() => expect(onretry).toHaveBeenCalledOnce());
  expect(choose).toHaveBeenLastCalledWith('thesis', { kind: 'run', id: 'r-1' }, '', '/copy');
  await tick();
  expect(document.body.textContent).not.toContain('The files are not in');
});
