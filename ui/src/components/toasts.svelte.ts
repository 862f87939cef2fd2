// Short messages at the foot of the window; each may offer one action, such as Undo.
import { matchesKeys } from './keys';

export interface Toast {
  id: number;
  tone: 'neutral' | 'success' | 'warn' | 'error';
  title: string;
  message?: string;
  action?: ToastAction;
  /** Milliseconds until it leaves by itself; absent: it stays until it is closed. */
  timeout_ms?: number;
}

export interface ToastAction {
  label: string;
  /** A shortcut that does the same while the toast is there, "Ctrl Z". */
  keys?: string;
  run: () => void;
}

type NewToast = Partial<Omit<Toast, 'id'>> & { title: string };

export class Toasts {
  items: Toast[] = $state([]);
  #nextId = 1;

  /** Shows a toast and says its id. Errors stay; others leave after 6 s, or 12 s if they offer something. */
  show(toast: NewToast): number {
    const id = this.#nextId++;
    const tone = toast.tone ?? 'neutral';
    const usual_ms = tone === 'error' ? undefined : toast.action ? 12_000 : 6_000;
    const timeout_ms = 'timeout_ms' in toast ? toast.timeout_ms : usual_ms;
    // Five are enough to read; the oldest gives way.
    this.items = [...this.items, { ...toast, id, tone, timeout_ms }].slice(-5);
    return id;
  }

  dismiss(id: number): void {
    this.items = this.items.filter((toast) => toast.id !== id);
  }

  /** Does the toast's action once; the toast leaves. */
  act(id: number): void {
    const action = this.items.find((toast) => toast.id === id)?.action;
    this.dismiss(id);
    action?.run();
  }

  /** Whether a key press was the shortcut of a toast; the newest answers first. */
  press(event: Parameters<typeof matchesKeys>[0]): boolean {
    const toast = this.items.findLast(({ action }) => action?.keys && matchesKeys(event, action.keys));
    if (!toast) return false;
    this.act(toast.id);
    return true;
  }
}

/** One for the window, drawn by <Overlays>: plain code can show a toast, also after its screen has gone. */
export const toasts = new Toasts();
