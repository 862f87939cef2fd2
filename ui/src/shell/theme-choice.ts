// Light, dark, or as the system: what the user chose, kept from one start to the next.
import { commands } from '../backend';
import { theme, type ThemeChoice } from '../components/theme.svelte';

export const THEMES: [ThemeChoice, string][] = [
  ['system', 'Colours: as the system'],
  ['light', 'Colours: light'],
  ['dark', 'Colours: dark'],
];
const KEY = 'theme';

export function setTheme(choice: ThemeChoice): void {
  theme.choice = choice;
  commands.setValue(KEY, JSON.stringify(choice)).catch(() => undefined);
}

/** For the start: the choice that was kept; as the system where there is none. */
export async function restoreTheme(): Promise<void> {
  const kept = await commands.getValue(KEY).catch(() => null);
  theme.choice = THEMES.map(([choice]) => choice).find((each) => JSON.stringify(each) === kept) ?? 'system';
}
