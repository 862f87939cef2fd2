// What is wrong is said once one has tried, a refusal at its field, and nothing is saved twice at once.
import { afterEach, expect, it, vi } from 'vitest';
import { commands, type Profile } from '../backend';
import { PROFILES } from '../backend/fake-connections';
import { ProfileDraft } from './draft.svelte';
import { newProfile } from './profile';
import { Saving } from './saving.svelte';

const dev = PROFILES.find(({ id }) => id === 'dev') as Profile;

function begin(profile: Profile) {
  const draft = new ProfileDraft(profile);
  const hooks = { onsaved: vi.fn(), onproblem: vi.fn(), refresh: vi.fn(async () => undefined) };
  return { draft, hooks, saving: new Saving(draft, hooks) };
}

afterEach(() => vi.restoreAllMocks());

it('says nothing of an empty form until one tries to use it', () => {
  const { hooks, saving } = begin(newProfile());
  expect(saving.problems).toEqual({});
  expect(saving.checked()).toBe(false);
  expect(Object.keys(saving.problems)).toEqual(['name', 'address']);
  expect(hooks.onproblem).toHaveBeenCalledOnce();
});

it('says a refusal at the field that it is about, and any other failure above all fields', async () => {
  const save = vi.spyOn(commands, 'saveProfile');
  const { draft, hooks, saving } = begin(dev);
  draft.profile.address = 'gopher://x';
  save.mockRejectedValueOnce({
    code: 'refused',
    message: 'The address gopher://x is neither http nor https.',
  });
  expect(await saving.save()).toBe(false);
  expect(saving.problems.address).toContain('neither http');
  expect(saving.saidAtField).toBe(true);
  save.mockRejectedValueOnce({ code: 'storage', message: 'The disk is full.' });
  expect(await saving.save()).toBe(false);
  expect(saving.problems).toEqual({});
  expect([saving.saidAtField, saving.error?.message]).toEqual([false, 'The disk is full.']);
  saving.discard();
  expect([draft.dirty, saving.error]).toEqual([false, undefined]);
  expect(hooks.onsaved).not.toHaveBeenCalled();
});

it('leaves what is typed meanwhile as it was typed', async () => {
  let answer = () => {};
  const saveProfile = vi
    .spyOn(commands, 'saveProfile')
    .mockImplementation(
      (profile) => new Promise((resolve) => (answer = () => resolve({ ...profile, id: 'p-1' }))),
    );
  const setSecret = vi.spyOn(commands, 'setSecret').mockResolvedValue(null);
  const server = { ...newProfile().server, auth: { kind: 'basic' as const, username: 'mika' } };
  const { draft, saving } = begin({ ...newProfile(), name: 'gpu', address: 'http://h', server });
  draft.typed.password = 'one';
  const saved = saving.save();
  draft.profile.name = 'gpu box';
  draft.typed.password = 'two';
  answer();
  expect(await saved).toBe(true);
  expect([draft.profile.name, draft.profile.id, draft.typed.password]).toEqual(['gpu box', 'p-1', 'two']);
  expect([draft.base.name, draft.dirty]).toEqual(['gpu', true]);
  expect(setSecret.mock.calls).toEqual([['p-1', 'password', 'one', 'keyring']]);
  const again = saving.save();
  answer();
  await again;
  expect(saveProfile.mock.lastCall?.[0]).toMatchObject({ id: 'p-1', name: 'gpu box' });
  expect([draft.dirty, draft.typed.password]).toEqual([false, '']);
});

it('saves once, however often it is asked meanwhile', async () => {
  const save = vi.spyOn(commands, 'saveProfile').mockImplementation(async (profile) => profile);
  const { draft, hooks, saving } = begin(dev);
  draft.profile.name = 'container';
  const first = saving.save();
  expect(saving.busy).toBe(true);
  expect(await saving.save()).toBe(false);
  expect(await first).toBe(true);
  expect(save).toHaveBeenCalledOnce();
  expect(hooks.refresh).toHaveBeenCalledOnce();
  expect(hooks.onsaved.mock.calls[0]?.[0]).toMatchObject({ id: 'dev', name: 'container' });
  expect(saving.busy).toBe(false);
});
