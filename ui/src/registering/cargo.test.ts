// Where a run or logged model may become a version, and why not elsewhere.
import { describe, expect, it, vi } from 'vitest';
import type { ModelRights } from '../backend';
import {
  loggedModelLoad,
  registerVerdict,
  registerZone,
  rootOf,
  type CopiedCargo,
  type LoggedModelCargo,
  type RunCargo,
} from './cargo';
import { copying } from './copying.svelte';
import { registering } from './registering.svelte';
import { Rights, rights } from './rights.svelte';

const run: RunCargo = { kind: 'run', profileId: 'p', runId: 'r', displayName: 'owl' };
const profile = { id: 'p', name: 'work', writes: 'allowed' as const };

describe('a registered model', () => {
  it('takes runs and logged models of its own profile, unless nothing may be written there', () => {
    expect(registerVerdict({ profile, model: 'churn' }, run)).toBe(true);
    expect(registerVerdict({ profile, model: 'churn' }, { kind: 'alias' })).toBe(false);
    expect(registerVerdict({ profile, model: 'churn' }, { ...run, profileId: 'q' } as RunCargo)).toContain(
      'another profile',
    );
    expect(registerVerdict({ profile: { ...profile, writes: 'readOnly' }, model: 'churn' }, run)).toContain(
      'read-only',
    );
  });

  it('takes a version of another model, to be copied', () => {
    const version: CopiedCargo = { kind: 'version', version: '3', profileId: 'p', model: 'fraud' };
    expect(registerVerdict({ profile, model: 'churn' }, version)).toBe(true);
    expect(registerVerdict({ profile, model: 'fraud' }, version)).toContain('already');
    expect(registerVerdict({ profile, model: 'churn' }, { kind: 'version' })).toBe(false);
    registerZone({ profile, model: 'churn' }).ondrop(version);
    expect(copying.asked).toEqual({ profileId: 'p', model: 'fraud', version: '3', target: 'churn' });
    copying.close();
  });

  it('says why not where the server has said so, and lets the rest be tried', () => {
    const of = vi.spyOn(rights, 'of').mockReturnValue({
      permission: 'read',
      editRefusal: 'ana has only READ on churn; this needs EDIT.',
      manageRefusal: null,
    });
    expect(registerVerdict({ profile, model: 'churn' }, run)).toContain('only READ');
    expect(registerVerdict({ profile, model: undefined }, run)).toBe(true);
    of.mockRestore();
  });

  it('asks on a card before anything is written', () => {
    const cargo = loggedModelLoad('p', 'm-1', 'net').cargo as LoggedModelCargo;
    expect(rootOf(cargo)).toEqual({ kind: 'loggedModel', id: 'm-1' });
    registerZone({ profile, model: 'churn' }).ondrop(cargo);
    expect(registering.asked).toEqual({
      profileId: 'p',
      from: { kind: 'loggedModel', id: 'm-1' },
      label: 'net',
      model: 'churn',
    });
    registering.close();
  });
});

describe('rights', () => {
  it('are asked once, a few at a time', async () => {
    const answers: ((rights: ModelRights) => void)[] = [];
    const ask = vi.fn(() => new Promise<ModelRights>((answer) => answers.push(answer)));
    const rights = new Rights(ask);
    rights.need('p', ['a', 'b', 'c', 'd', 'e', 'a']);
    rights.need('p', ['a']);
    expect(ask).toHaveBeenCalledTimes(4);
    expect(rights.of('p', 'a')).toBeUndefined();
    answers[0]?.({ permission: 'edit', editRefusal: null, manageRefusal: 'no' });
    await vi.waitFor(() => expect(ask).toHaveBeenCalledTimes(5));
    expect(rights.of('p', 'a')?.permission).toBe('edit');
  });
});
