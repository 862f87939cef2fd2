// The one door to the app: typed commands and the stream of changes. Nothing else may import Tauri.
import { commands as tauri, events } from './bindings';
import type { AppError, Backend, Change, Commands } from './types';

export type * from './types';

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
  onBoardSaving: (hear) => hearing(events.boardSaving.listen(({ payload }) => hear(payload))),
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
export const onBoardSaving: Backend['onBoardSaving'] = backend.onBoardSaving;
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
