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
