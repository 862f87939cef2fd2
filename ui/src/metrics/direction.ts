// Which way a metric is better: what the core says of it, and the menu in which the user says otherwise.
import { commands, type Direction, type DirectionChoice } from '../backend';
import { asAppError } from '../backend';
import type { MenuEntry } from '../components/menu';
import { toasts } from '../components/toasts.svelte';

const CHOICES: { choice: DirectionChoice; label: string }[] = [
  { choice: 'higher', label: 'Higher is better' },
  { choice: 'lower', label: 'Lower is better' },
  { choice: 'none', label: 'No direction' },
];

/** The direction in force, by the user's choice or by the metric's name. */
export function choiceOf({ better, chosen }: Direction): DirectionChoice | undefined {
  return better ?? (chosen ? 'none' : undefined);
}

/** In words, and whether the user chose it or the name decided. */
export function directionWords({ better, chosen }: Direction): string {
  if (better) return `${better} is better, ${chosen ? 'as you said' : 'by its name'}`;
  return chosen ? 'no direction, as you said' : 'no direction known';
}

/** The entries of a metric's menu. To choose what you said again takes it back, so that the name decides. */
export function directionEntries(
  profileId: string,
  metric: string,
  direction: Direction,
  done?: () => void,
): MenuEntry[] {
  const choose = async (choice: DirectionChoice | null) => {
    try {
      await commands.chooseDirection(profileId, metric, choice);
      done?.();
    } catch (thrown) {
      toasts.show({ title: 'This could not be kept', message: asAppError(thrown).message, tone: 'error' });
    }
  };
  const entries = CHOICES.map(({ choice, label }): MenuEntry => {
    const checked = choiceOf(direction) === choice;
    return { label, checked, onselect: () => void choose(checked && direction.chosen ? null : choice) };
  });
  return [{ heading: metric }, ...entries];
}
