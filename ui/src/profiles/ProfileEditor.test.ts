// @vitest-environment happy-dom
// What is typed is saved where it belongs, refused where it is wrong, and never lost without a word.
import { createRawSnippet, flushSync, getAllContexts, mount, tick, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import { commands, type Profile } from '../backend';
import { askToClose } from '../backend/fake';
import { PROFILES } from '../backend/fake-connections';
import Overlays from '../shell/Overlays.svelte';
import { route } from '../route.svelte';
import ProfileEditor from './ProfileEditor.svelte';
import { newProfile } from '../backend/new-profile';

let editor: object | undefined;
const find = (id: string) => document.querySelector<HTMLElement>(`[data-testid="${id}"]`);
const vision = PROFILES.find(({ id }) => id === 'vision') as Profile;

async function show(profile: Profile) {
  const onsaved = vi.fn();
  // Inside of what the window is wrapped in: tooltips need it.
  const children = createRawSnippet(() => ({
    render: () => '<div></div>',
    setup: (target) => {
      const inner = mount(ProfileEditor, {
        target,
        props: { profile, onsaved, onclose: vi.fn(), onopen: vi.fn() },
        context: getAllContexts(),
      });
      return () => void unmount(inner);
    },
  }));
  editor = mount(Overlays, { target: document.body, props: { children } });
  await settle();
  return onsaved;
}

async function settle() {
  await new Promise((resolve) => setTimeout(resolve, 20));
  await tick();
  flushSync();
}

function type(id: string, text: string) {
  const field = find(id) as HTMLInputElement;
  field.value = text;
  field.dispatchEvent(new Event('input', { bubbles: true }));
  flushSync();
}

const dirty = () => find('profile-editor')?.dataset['dirty'];

afterEach(async () => {
  if (editor) await unmount(editor);
  editor = undefined;
  route.hold = undefined;
  vi.restoreAllMocks();
  document.body.innerHTML = '';
});

it('says what is wrong at the field and saves nothing', async () => {
  const save = vi.spyOn(commands, 'saveProfile');
  await show(newProfile());
  find('profile-save')?.click();
  await settle();
  expect(save).not.toHaveBeenCalled();
  expect(find('profile-name')?.getAttribute('aria-invalid')).toBe('true');
  expect(document.body.textContent).toContain('A profile needs a name.');
});

it('puts a refusal of the app at the field that it is about', async () => {
  vi.spyOn(commands, 'saveProfile').mockRejectedValue({
    code: 'refused',
    part: { kind: 'field', name: 'address' },
    message: 'The address gopher://x is neither http nor https.',
  });
  await show(vision);
  type('profile-address', 'gopher://x');
  find('profile-save')?.click();
  await settle();
  expect(find('profile-address')?.getAttribute('aria-invalid')).toBe('true');
  expect(dirty()).toBe('true');
});

it('shows of a saved password only that it is there', async () => {
  await show(vision);
  expect(find('secret-password')).toBeNull();
  expect(find('secret-password-replace')).not.toBeNull();
  expect(document.body.textContent).toContain('Saved');
});

it('keeps in sight what is typed of a password while the one before it is being saved', async () => {
  let answer = () => {};
  vi.spyOn(commands, 'saveProfile').mockImplementation(
    (profile) => new Promise((resolve) => (answer = () => resolve({ ...profile, id: 'vision' }))),
  );
  const setSecret = vi.spyOn(commands, 'setSecret').mockResolvedValue(null);
  // The vault has a password of this one as soon as it has its id.
  await show({ ...vision, id: '' });
  type('secret-password', 'one');
  find('secret-password')?.focus();
  find('profile-save')?.click();
  type('secret-password', 'one and a h');
  answer();
  await settle();
  await settle();
  expect(setSecret.mock.calls).toEqual([['vision', 'password', 'one', 'keyring']]);
  expect((find('secret-password') as HTMLInputElement | null)?.value).toBe('one and a h');
  expect(document.activeElement).toBe(find('secret-password'));
  expect(dirty()).toBe('true');
  document.querySelectorAll('button').forEach((button) => {
    if (button.textContent?.trim() === 'Keep the old one') button.click();
  });
  await settle();
  expect([find('secret-password'), dirty()]).toEqual([null, 'false']);
  find('secret-password-replace')?.click();
  await settle();
  expect(document.activeElement).toBe(find('secret-password'));
});

it('says that another place for secrets moves none that is saved, only where one is', async () => {
  await show(vision);
  expect(find('keep-note')).toBeNull();
  find('keep-session')?.click();
  await settle();
  expect(find('keep-note')?.textContent).toContain('stay where they are');
  // Kept nowhere means that a new one would be typed for nothing.
  find('keep-never')?.click();
  await settle();
  expect(find('secret-password-replace')).toBeNull();
  expect(find('secret-password-forget')).not.toBeNull();
  if (editor) await unmount(editor);
  await show({ ...vision, id: 'dev' });
  find('keep-session')?.click();
  await settle();
  expect(find('keep-note')).toBeNull();
});

it('sends a typed password to the vault, and not into the profile', async () => {
  const saveProfile = vi.spyOn(commands, 'saveProfile').mockImplementation(async (profile) => profile);
  const setSecret = vi.spyOn(commands, 'setSecret').mockResolvedValue(null);
  const onsaved = await show(vision);
  find('secret-password-replace')?.click();
  flushSync();
  type('secret-password', 'hunter2');
  expect(dirty()).toBe('true');
  find('profile-save')?.click();
  await settle();
  await settle();
  expect(JSON.stringify(saveProfile.mock.calls)).not.toContain('hunter2');
  expect(setSecret.mock.calls).toEqual([['vision', 'password', 'hunter2', 'keyring']]);
  expect(find('secret-password')).toBeNull();
  expect(onsaved).toHaveBeenCalledOnce();
  expect([...document.querySelectorAll('input')].some(({ value }) => value === 'hunter2')).toBe(false);
});

it('holds the way out while something is unsaved, and lets go once it is discarded', async () => {
  await show(vision);
  const before = route.place;
  expect(route.hold).toBeUndefined();
  type('profile-name', 'vision 2');
  route.go({ screen: 'models', profileId: 'vision' });
  await settle();
  expect(route.place).toBe(before);
  expect(find('unsaved-dialog')).not.toBeNull();
  find('unsaved-discard')?.click();
  await settle();
  expect(route.place).toEqual({ screen: 'models', profileId: 'vision' });
});

it('holds the window as long as something is unsaved', async () => {
  const held = vi.spyOn(commands, 'holdWindow');
  const close = vi.spyOn(commands, 'closeWindow');
  await show(vision);
  askToClose();
  await settle();
  expect([held.mock.calls, find('unsaved-dialog')]).toEqual([[], null]);
  type('profile-name', 'vision 2');
  await settle();
  expect(held.mock.lastCall).toEqual([true]);
  askToClose();
  await settle();
  // The window answers the app at once, and the user decides.
  expect(held.mock.calls).toEqual([[true], [true]]);
  find('unsaved-keep')?.click();
  await settle();
  expect([close.mock.calls, find('unsaved-dialog')]).toEqual([[], null]);
  askToClose();
  await settle();
  find('unsaved-discard')?.click();
  await settle();
  expect(close).toHaveBeenCalledOnce();
  expect(held.mock.lastCall).toEqual([false]);
});

it('holds the window only once it can hear that it is asked to close', async () => {
  const held = vi.spyOn(commands, 'holdWindow');
  await show(vision);
  type('profile-name', 'vision 2');
  // Nothing is unsaved any more before the window listens: nothing is held.
  type('profile-name', vision.name);
  await settle();
  expect(held.mock.calls).toEqual([[false]]);
  held.mockClear().mockImplementationOnce(async () => {
    askToClose();
    return null;
  });
  type('profile-name', 'vision 2');
  await settle();
  expect(find('unsaved-dialog')).not.toBeNull();
  expect(held.mock.calls).toEqual([[true], [true]]);
});

it('lets go of the window only after it was held', async () => {
  let answer = () => {};
  const held = vi
    .spyOn(commands, 'holdWindow')
    .mockImplementationOnce(() => new Promise((resolve) => (answer = () => resolve(null))));
  await show(vision);
  type('profile-name', 'vision 2');
  await settle();
  type('profile-name', vision.name);
  await settle();
  expect(held.mock.calls).toEqual([[true]]);
  answer();
  await settle();
  expect(held.mock.calls).toEqual([[true], [false]]);
});

it('is clean again when a change is taken back by hand', async () => {
  await show(vision);
  type('profile-name', 'x');
  expect(dirty()).toBe('true');
  type('profile-name', vision.name);
  expect(dirty()).toBe('false');
});

it('does not keep a route from being saved with its profile', async () => {
  const saveProfile = vi
    .spyOn(commands, 'saveProfile')
    .mockImplementation(async (profile) => ({ ...profile, id: 'p' }));
  const saveRoute = vi
    .spyOn(commands, 'saveRoute')
    .mockImplementation(async (given) => ({ ...given, id: 'r-9' }));
  await show({ ...newProfile(), name: 'gpu', address: 'http://localhost:5000' });
  document.querySelector<HTMLInputElement>('input[type="radio"][value="ssh"]')?.click();
  flushSync();
  type('hop-host', 'gpu-box');
  document.querySelector<HTMLElement>('[aria-label="Options of hop 1"]')?.click();
  flushSync();
  // Letter by letter, a space is the last one for a moment.
  type('hop-key', '~/My ');
  await tick();
  expect((find('hop-key') as HTMLInputElement).value).toBe('~/My ');
  type('hop-key', '~/My K');
  find('profile-save')?.click();
  await settle();
  expect(saveRoute.mock.calls[0]?.[0]).toMatchObject({
    id: '',
    name: 'gpu-box',
    hops: [{ host: 'gpu-box', identityFile: '~/My K' }],
  });
  expect(saveProfile.mock.calls[0]?.[0].server.routeId).toBe('r-9');
});

it('makes no second profile when the keyring refused the password of the first', async () => {
  const saveProfile = vi
    .spyOn(commands, 'saveProfile')
    .mockImplementation(async (profile) => ({ ...profile, id: profile.id || 'p-1' }));
  const setSecret = vi
    .spyOn(commands, 'setSecret')
    .mockRejectedValueOnce({ code: 'keyring', message: 'The keyring is locked.' })
    .mockResolvedValue(null);
  const onsaved = await show({
    ...newProfile(),
    name: 'gpu',
    address: 'http://localhost:5000',
    server: { ...newProfile().server, auth: { kind: 'basic', username: 'mika' } },
  });
  type('secret-password', 'hunter2');
  find('profile-save')?.click();
  await settle();
  expect(onsaved).not.toHaveBeenCalled();
  expect(document.body.textContent).toContain('The keyring is locked.');
  expect((find('secret-password') as HTMLInputElement).value).toBe('hunter2');
  find('profile-save')?.click();
  await settle();
  await settle();
  expect(saveProfile.mock.calls.map(([profile]) => profile.id)).toEqual(['', 'p-1']);
  expect(setSecret.mock.calls.map(([id, name]) => [id, name])).toEqual([
    ['p-1', 'password'],
    ['p-1', 'password'],
  ]);
  expect(onsaved).toHaveBeenCalledOnce();
});
