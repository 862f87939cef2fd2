// Undo and redo: the layouts before the one on screen, and those that were undone.
export interface History<T> {
  past: readonly T[];
  present: T;
  future: readonly T[];
}

/** So many changes can be undone. */
const MOST_KEPT = 100;

export function historyOf<T>(present: T): History<T> {
  return { past: [], present, future: [] };
}

export function changed<T>({ past, present }: History<T>, next: T): History<T> {
  return { past: [...past, present].slice(-MOST_KEPT), present: next, future: [] };
}

export function undone<T>(history: History<T>): History<T> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return { past: history.past.slice(0, -1), present: before, future: [history.present, ...history.future] };
}

export function redone<T>(history: History<T>): History<T> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.present], present: next, future };
}
