// How shortcuts are written and matched; "Ctrl" means the platform's command key.

const onMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);
const macSigns: Record<string, string> = { Ctrl: '⌘', Alt: '⌥', Shift: '⇧', Enter: '↩', Backspace: '⌫' };
const signs: Record<string, string> = { Up: '↑', Down: '↓', Left: '←', Right: '→', Escape: 'Esc' };

/** "Ctrl Shift K" as the key caps to show. */
export function keyNames(keys: string, mac = onMac): string[] {
  return keys
    .split(' ')
    .filter((key) => key !== '')
    .map((key) => (mac ? macSigns[key] : undefined) ?? signs[key] ?? key);
}

interface KeyPress {
  key: string;
  ctrlKey: boolean;
  metaKey: boolean;
  altKey: boolean;
  shiftKey: boolean;
}

/** Whether a key press is this shortcut: "Ctrl K", "C", "Shift F10", "Ctrl Shift P", "?". */
export function matchesKeys(event: KeyPress, keys: string, mac = onMac): boolean {
  const parts = keys.split(' ');
  const last = parts.at(-1) ?? '';
  const wanted =
    { Up: 'ArrowUp', Down: 'ArrowDown', Left: 'ArrowLeft', Right: 'ArrowRight', Space: ' ' }[last] ?? last;
  const isLetter = /^[a-z]$/i.test(wanted);
  const isSign = wanted.length === 1 && !/^[a-z0-9 ]$/i.test(wanted);
  return (
    (isLetter ? event.key.toLowerCase() === wanted.toLowerCase() : event.key === wanted) &&
    (mac ? event.metaKey : event.ctrlKey) === parts.includes('Ctrl') &&
    (mac ? event.ctrlKey : event.metaKey) === false &&
    event.altKey === parts.includes('Alt') &&
    // "?" is Shift and something else, depending on the layout.
    (isSign || event.shiftKey === parts.includes('Shift'))
  );
}

/** Whether typing belongs to a text field, so that single-letter shortcuts must keep quiet. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement) return true;
  return (
    target instanceof HTMLInputElement && !['checkbox', 'radio', 'button', 'range'].includes(target.type)
  );
}
