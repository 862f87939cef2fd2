// @vitest-environment happy-dom
// Errors are shown after the first try, a refusal at its field, and nothing is saved twice at once.
import { afterEach, expect, it, vi } from 'vitest';
import { commands, type Profile } from '../backend';
import { PROFILES } from '../backend/fake-connections';
import { ProfileDraft } from './draft.svelte';
import { newRow } from './headers';
import { newHop, newProfile } from '../backend/new-profile';
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
    part: { kind: 'field', name: 'address' },
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

/** A profile with a new route and a secret header, whose route the app is still saving. */
function routeUnderway() {
  const answers: (() => void)[] = [];
  const saveRoute = vi
    .spyOn(commands, 'saveRoute')
    .mockImplementation(
      (given) => new Promise((resolve) => answers.push(() => resolve({ ...given, id: 'r-9' }))),
    );
  const saveProfile = vi
    .spyOn(commands, 'saveProfile')
    .mockImplementation(async (profile) => ({ ...profile, id: 'p-1' }));
  const setSecret = vi.spyOn(commands, 'setSecret').mockResolvedValue(null);
  const { draft, saving } = begin({ ...newProfile(), name: 'gpu', address: 'http://h' });
  draft.route = { id: '', name: '', hops: [newHop('bastion')] };
  draft.rows = [{ ...newRow(), name: 'X-One', value: 'one', secret: true }];
  const answer = () => answers.shift()?.();
  return { draft, saving, saved: saving.save(), answer, saveRoute, saveProfile, setSecret };
}

it('keeps what is typed into a hop while its route is being saved', async () => {
  const { draft, saving, saved, answer, saveRoute } = routeUnderway();
  const [hop] = draft.route?.hops ?? [];
  if (hop) hop.host = 'bastion-2';
  answer();
  expect(await saved).toBe(true);
  expect(draft.route).toMatchObject({ id: 'r-9', hops: [{ host: 'bastion-2' }] });
  expect([draft.profile.server.routeId, draft.dirty]).toEqual(['r-9', true]);
  const again = saving.save();
  answer();
  await again;
  // The same route, and not a second one.
  expect(saveRoute.mock.lastCall?.[0]).toMatchObject({ id: 'r-9', hops: [{ host: 'bastion-2' }] });
  expect(draft.route).toBeUndefined();
});

it('keeps a header that is added while the route is being saved, and its secret for the next save', async () => {
  const { draft, saving, saved, answer, saveProfile, setSecret } = routeUnderway();
  draft.rows = [...draft.rows, { ...newRow(), name: 'X-Two', value: 'two', secret: true }];
  answer();
  expect(await saved).toBe(true);
  expect(saveProfile.mock.lastCall?.[0].server.headers.map(({ name }) => name)).toEqual(['X-One']);
  expect(setSecret.mock.calls.map(([, slot]) => slot)).toEqual(['header:x-one']);
  expect([draft.rows.map(({ name }) => name), draft.dirty]).toEqual([['X-One', 'X-Two'], true]);
  await saving.save();
  expect(setSecret.mock.lastCall).toEqual(['p-1', 'header:x-two', 'two', 'keyring']);
  expect(draft.dirty).toBe(false);
});

it('leaves another way that is chosen while the route is being saved', async () => {
  const office = routeUnderway();
  [office.draft.profile.server.routeId, office.draft.route] = ['r-office', undefined];
  office.answer();
  expect(await office.saved).toBe(true);
  expect(office.saveProfile.mock.lastCall?.[0].server.routeId).toBe('r-9');
  expect([office.draft.profile.server.routeId, office.draft.dirty]).toEqual(['r-office', true]);

  const direct = routeUnderway();
  direct.draft.route = undefined;
  direct.answer();
  expect(await direct.saved).toBe(true);
  expect([direct.draft.profile.server.routeId, direct.draft.dirty]).toEqual([null, true]);

  // Other hops are another route: they are not to be written over the one that others may share.
  const hops = routeUnderway();
  hops.draft.route = { id: '', name: 'gpu', hops: [newHop('gpu')] };
  hops.answer();
  expect(await hops.saved).toBe(true);
  expect([hops.draft.route.id, hops.draft.profile.server.routeId]).toEqual(['', null]);
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
