// Faults that no screen has caught: each is told once, with something to copy for a report.
import { copyText } from './clipboard';
import { toasts } from './toasts.svelte';

/** Browsers tell of it as an error, but it only says that sizes are still settling. */
const HARMLESS = /^ResizeObserver loop/;
const TITLE = 'Something went wrong in Podium';

/** What was thrown, in words; commands throw plain objects. */
export function faultMessage(thrown: unknown): string {
  if (typeof thrown === 'object' && thrown !== null && 'message' in thrown) return String(thrown.message);
  return String(thrown);
}

/** What to copy into a report. */
export function faultDetails(part: string, thrown: unknown): string {
  const stack = thrown instanceof Error ? (thrown.stack ?? '') : JSON.stringify(thrown);
  return `${part}\n${faultMessage(thrown)}\n${stack}`;
}

/** Tells of a fault, unless the same is being told already. */
export function reportFault(thrown: unknown, title = TITLE): void {
  const message = faultMessage(thrown);
  if (HARMLESS.test(message)) return;
  if (toasts.items.some((toast) => toast.title === title && toast.message === message)) return;
  const details = faultDetails(title, thrown);
  toasts.show({
    tone: 'error',
    title,
    message,
    action: { label: 'Copy the details', run: () => void copyText(details) },
  });
}

/**
 * Hears what nothing else has caught, in event handlers, effects and promises, until the returned function is
 * called. `title` says what happened, where something is known.
 */
export function watchFaults(title?: (thrown: unknown) => string): () => void {
  const onerror = ({ error, message }: ErrorEvent) => {
    const thrown: unknown = error ?? message;
    reportFault(thrown, title?.(thrown));
  };
  const onrejection = ({ reason }: PromiseRejectionEvent) => reportFault(reason, title?.(reason));
  addEventListener('error', onerror);
  addEventListener('unhandledrejection', onrejection);
  return () => {
    removeEventListener('error', onerror);
    removeEventListener('unhandledrejection', onrejection);
  };
}
