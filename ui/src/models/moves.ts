// What can be carried on the board: an alias onto a version, or a version onto an alias; and where that is refused.
import { drag, type Cargo, type DropVerdict } from '../drag/drag.svelte';
import type { Load } from '../drag/gestures.svelte';
import type { Slot } from './board';

export type AliasCargo = Cargo & { kind: 'alias'; alias: string };
/** With the model that it is of, where it may be carried to another one. */
export type VersionCargo = Cargo & { kind: 'version'; version: string } & Partial<VersionOf>;
export interface VersionOf {
  profileId: string;
  model: string;
}

export function aliasLoad(alias: string): Load {
  return { cargo: { kind: 'alias', alias } as AliasCargo, label: alias };
}

export function versionLoad(version: string, of?: VersionOf): Load {
  return { cargo: { kind: 'version', version, ...of } as VersionCargo, label: `v${version}` };
}

/** What a press on a row of the versions lifts: on a chip the alias, anywhere else the version. */
export function rowLoad(target: EventTarget | null, version: string, of?: VersionOf): Load | undefined {
  if (!(target instanceof Element)) return undefined;
  const alias = target.closest<HTMLElement>('[data-alias]')?.dataset['alias'];
  if (alias !== undefined) return aliasLoad(alias);
  // What has a drag of its own, or a menu, keeps it.
  if (target.closest('.handle, [aria-haspopup]')) return undefined;
  return versionLoad(version, of);
}

/** Whether the alias is in the air: its chips fade. */
export function isLifted(alias: string): boolean {
  const cargo = drag.inAir?.cargo as AliasCargo | VersionCargo | undefined;
  return cargo?.kind === 'alias' && cargo.alias === alias;
}

/** Where aliases stand, and why nothing at all may be moved, if so. */
export interface AliasBoard {
  slots: readonly Slot[];
  readOnly: string | undefined;
}

/** True: the alias may go to the version. A text: why not. */
export function moveVerdict({ slots, readOnly }: AliasBoard, alias: string, version: string): true | string {
  if (readOnly) return readOnly;
  return slots.find((slot) => slot.alias === alias)?.version === version
    ? `${alias} is on version ${version} already`
    : true;
}

export function versionTakes(board: AliasBoard, version: string, cargo: Cargo): DropVerdict {
  return cargo.kind === 'alias' ? moveVerdict(board, (cargo as AliasCargo).alias, version) : false;
}

/** True: the two aliases may be swapped. A text: why not. False: there is nothing to swap. */
export function swapVerdict({ slots, readOnly }: AliasBoard, one: string, other: string): DropVerdict {
  const version = (alias: string) => slots.find((slot) => slot.alias === alias)?.version;
  if (one === other || version(one) === undefined || version(other) === undefined) return false;
  if (readOnly) return readOnly;
  return version(one) === version(other) ? `both are on version ${version(one)}` : true;
}

/** A slot takes a version that is to hold its alias, and another alias to be swapped with it. */
export function slotTakes(board: AliasBoard, alias: string, cargo: Cargo): DropVerdict {
  if (cargo.kind === 'version') return moveVerdict(board, alias, (cargo as VersionCargo).version);
  return cargo.kind === 'alias' ? swapVerdict(board, (cargo as AliasCargo).alias, alias) : false;
}
