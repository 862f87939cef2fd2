// What can be carried onto a registered model to become a version of it, a version of another one among it, and where that is refused.
import type { ArtifactRoot, Profile, RunRef } from '../backend';
import { drag, type Cargo, type DropVerdict, type Zone } from '../drag/drag.svelte';
import type { Load } from '../drag/gestures.svelte';
import { copying } from './copying.svelte';
import { registering, type Asked } from './registering.svelte';
import { rights } from './rights.svelte';

/** A run, as the table of runs carries it. */
export type RunCargo = Cargo & { kind: 'run'; profileId: string; runId: string; displayName: string };
export type LoggedModelCargo = Cargo & {
  kind: 'loggedModel';
  profileId: string;
  modelId: string;
  displayName: string;
};
type ModelCargo = RunCargo | LoggedModelCargo;

export function loggedModelLoad(profileId: string, modelId: string, displayName: string): Load {
  return {
    cargo: { kind: 'loggedModel', profileId, modelId, displayName } as LoggedModelCargo,
    label: displayName,
  };
}

type NamedRun = RunRef & { displayName: string };

export function runLoad({ profileId, runId, displayName }: NamedRun): Load {
  return { cargo: { kind: 'run', profileId, runId, displayName } as RunCargo, label: displayName };
}

/** To be registered by menu: the model is chosen on the card. */
export function runAsked({ profileId, runId, displayName }: NamedRun): Asked {
  return { profileId, from: { kind: 'run', id: runId }, label: displayName, model: undefined };
}

/** A version, as the page of its model carries it. */
export type CopiedCargo = Cargo & { kind: 'version'; version: string; profileId: string; model: string };

function isModel(cargo: Cargo): cargo is ModelCargo {
  return cargo.kind === 'run' || cargo.kind === 'loggedModel';
}

export function rootOf(cargo: ModelCargo): ArtifactRoot {
  return cargo.kind === 'run' ? { kind: 'run', id: cargo.runId } : { kind: 'loggedModel', id: cargo.modelId };
}

/** Where something would be registered: a model, or a new one where no name is given. */
export interface Target {
  profile: Pick<Profile, 'id' | 'name' | 'writes'>;
  model: string | undefined;
}

/** True: it may be dropped there. A text: why not. */
export function registerVerdict({ profile, model }: Target, cargo: Cargo): DropVerdict {
  // By keyboard a version goes onto an alias; to copy it there is the menu.
  const isVersion = cargo.kind === 'version' && 'model' in cargo && drag.inAir?.by !== 'keyboard';
  if (isVersion && (cargo as CopiedCargo).model === model) return 'It is a version of this model already';
  if (!isModel(cargo) && !isVersion) return false;
  if ((cargo as ModelCargo | CopiedCargo).profileId !== profile.id)
    return 'It is of another profile: register it there, and copy the version here';
  if (profile.writes === 'readOnly') return `The profile “${profile.name}” is read-only`;
  return (model !== undefined && rights.of(profile.id, model)?.editRefusal) || true;
}

/** A registered model as a place where a run or a logged model can be dropped. */
export function registerZone({ profile, model }: Target): Zone {
  return {
    label: model === undefined ? 'a new registered model' : `a new version of ${model}`,
    accepts: (cargo) => registerVerdict({ profile, model }, cargo),
    ondrop: (cargo) => {
      if (cargo.kind === 'version') {
        const { profileId, model: from, version } = cargo as CopiedCargo;
        copying.begin({ profileId, model: from, version, target: model });
        return;
      }
      const dropped = cargo as ModelCargo;
      registering.begin({
        profileId: profile.id,
        from: rootOf(dropped),
        label: dropped.displayName,
        model,
      });
    },
  };
}
