// The one door to the app: typed commands and the stream of changes. Nothing else may import Tauri.
import type * as bindings from './bindings';
import { commands as tauri, events, type AppError, type Change, type Metric } from './bindings';

export type * from './bindings';

/**
 * What the app sends has every field; in bindings.ts some may be absent, because the app forgives a file that
 * lacks them. Here nothing has to be asked for twice.
 */
type Whole<T> = T extends ArrayBuffer
  ? T
  : T extends (...given: infer Given) => infer Answer
    ? (...given: Whole<Given> extends unknown[] ? Whole<Given> : never) => Whole<Answer>
    : T extends Promise<infer Value>
      ? Promise<Whole<Value>>
      : T extends object
        ? { [Key in keyof T]-?: Whole<T[Key]> }
        : T;

export type Commands = Whole<typeof tauri>;
export type Hop = Whole<bindings.Hop>;
export type ModelBoard = Whole<bindings.ModelBoard>;
export type OpenProfile = Whole<bindings.OpenProfile>;
export type Profile = Whole<bindings.Profile>;
export type Promotion = Whole<bindings.Promotion>;
export type Route = Whole<bindings.Route>;
export type ServerSettings = Whole<bindings.ServerSettings>;
export type Suggestion = Whole<bindings.Suggestion>;
export type TlsSettings = Whole<bindings.TlsSettings>;
/** A number, or the name of one that JSON has not. */
export type MetricValue = Metric['value'];

/** What answers the window: the app itself, or in a plain browser during development a stand-in. */
export interface Backend {
  commands: Commands;
  /** Hears every change from now on. */
  onChange(hear: (changes: Change[]) => void): void;
  /** Hears what a second start of the app was asked to open. */
  onOpenTarget(hear: (target: string) => void): () => void;
  /** Hears that the user wants to close a window that is held, from when `onlistening` is called. */
  onCloseAsked(hear: () => void, onlistening: () => void): () => void;
}

/**
 * Hears an event until the returned function is called, which may be before listening has begun; then
 * `onlistening` never is.
 */
function hearing(listening: Promise<() => void>, onlistening?: () => void): () => void {
  let wanted = true;
  void listening.then(() => wanted && onlistening?.());
  return () => {
    wanted = false;
    void listening.then((stop) => stop());
  };
}

const real: Backend = {
  commands: tauri as unknown as Commands,
  onChange: (hear) => void events.changes.listen(({ payload }) => hear(payload)),
  onOpenTarget: (hear) => hearing(events.openTarget.listen(({ payload }) => hear(payload))),
  onCloseAsked: (hear, onlistening) =>
    hearing(
      events.closeAsked.listen(() => hear()),
      onlistening,
    ),
};

const inApp = '__TAURI_INTERNALS__' in globalThis;
// The stand-in is left out of what ships: DEV is false there and the import falls away.
const backend = !inApp && import.meta.env.DEV ? (await import('./fake')).fake : real;

export const commands: Commands = backend.commands;
export const onOpenTarget: Backend['onOpenTarget'] = backend.onOpenTarget;
export const onCloseAsked: Backend['onCloseAsked'] = backend.onCloseAsked;

// One listener at the door for as long as the window lives: to begin anew would miss what happens meanwhile.
const hearers = new Set<(change: Change) => void>();
backend.onChange((changes) => {
  for (const change of changes) for (const each of [...hearers]) each(change);
});

/** Calls `hear` for every change until the returned function is called. */
export function onChange(hear: (change: Change) => void): () => void {
  hearers.add(hear);
  return () => void hearers.delete(hear);
}

/** What a command failed with. Anything that is not an `AppError` is a fault of ours. */
export function asAppError(thrown: unknown): AppError {
  if (typeof thrown === 'object' && thrown !== null && 'code' in thrown && 'message' in thrown) {
    return thrown as AppError;
  }
  return { code: 'internal', message: thrown instanceof Error ? thrown.message : String(thrown), part: null };
}
