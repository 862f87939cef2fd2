// What goes along with a write where the profile asks for it. The app holds it; this only says when to ask. Pure.
import type { Writes } from './backend';

/**
 * What to send with a write: nothing, a yes, or the name that was typed. Undefined: not confirmed yet, so
 * nothing may be sent.
 */
export function confirmationOf(writes: Writes, model: string, typed: string): string | null | undefined {
  switch (writes) {
    case 'allowed':
      return null;
    case 'confirmed':
      return 'yes';
    case 'typed':
      return typed.trim() === model ? typed.trim() : undefined;
    case 'readOnly':
      return undefined;
  }
}
