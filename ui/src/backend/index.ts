// The one door to the app: typed commands and the stream of changes. Nothing else may import Tauri.
import { listen } from '@tauri-apps/api/event';
import { commands as tauri, type AppError, type Change } from './bindings';

export type * from './bindings';
export type Commands = typeof tauri;

/** What answers the window: the app itself, or in a plain browser during development a stand-in. */
export interface Backend {
  commands: Commands;
  /** Hears every change until the returned function is called. */
  onChange(hear: (changes: Change[]) => void): () => void;
  /** Hears what a second start of the app was asked to open. */
  onOpenTarget(hear: (target: string) => void): () => void;
}

function hearEvent<T>(name: string, hear: (payload: T) => void): () => void {
  const listening = listen<T>(name, (event) => hear(event.payload));
  return () => void listening.then((stop) => stop());
}

const real: Backend = {
  commands: tauri,
  onChange: (hear) => hearEvent('changes', hear),
  onOpenTarget: (hear) => hearEvent('open-target', hear),
};

const inApp = '__TAURI_INTERNALS__' in globalThis;
// The stand-in is left out of what ships: DEV is false there and the import falls away.
const backend = !inApp && import.meta.env.DEV ? (await import('./fake')).fake : real;

export const commands: Commands = backend.commands;
export const onOpenTarget: Backend['onOpenTarget'] = backend.onOpenTarget;

// One listener at the door, however many queries are on screen.
const hearers = new Set<(change: Change) => void>();
let stop: (() => void) | undefined;

/** Calls `hear` for every change until the returned function is called. */
export function onChange(hear: (change: Change) => void): () => void {
  hearers.add(hear);
  stop ??= backend.onChange((changes) => {
    for (const change of changes) for (const each of [...hearers]) each(change);
  });
  return () => {
    hearers.delete(hear);
    if (hearers.size > 0) return;
    stop?.();
    stop = undefined;
  };
}

/** What a command failed with. Anything that is not an `AppError` is a fault of ours. */
export function asAppError(thrown: unknown): AppError {
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'message' in thrown) {
    return thrown as AppError;
  }
  return { code: 'internal', message: thrown instanceof Error ? thrown.message : String(thrown) };
}
