// The menus of the board: what can be done with a card and with a section. Pure lists; the board does it.
import type { MenuEntry, MenuItem } from '../components/menu';
import {
  CARD_SIZES,
  isOfCurves,
  PINNED,
  type BoardCard,
  type BoardSection,
  type CardSize,
  type OwnChoices,
} from './board';
import { X_AXES, xMetric, type AskedX } from './axis-words';
import type { CurveChoices } from './choices';

export interface CardActions {
  full: () => void;
  choose: (change: { [Key in keyof OwnChoices]: OwnChoices[Key] | undefined }) => void;
  /** Opens everything that can be chosen. */
  chooseAll: () => void;
  /** Changes what the card shows, where that is done in a dialog. */
  edit: (() => void) | undefined;
  size: (size: CardSize) => void;
  pin: (pinned: boolean) => void;
  /** Asks where to. */
  move: () => void;
  step: (by: number) => void;
  copy: () => void;
  hide: () => void;
}

const SIZE_WORDS: Record<CardSize, string> = { small: 'Small', wide: 'Wide', full: 'Whole width' };
const WEIGHTS = [0, 0.3, 0.6, 0.8, 0.9, 0.97];
const weightWords = (smoothing: number) => (smoothing === 0 ? 'Off' : smoothing.toFixed(2));

const axisLabel = (asked: AskedX) =>
  xMetric(asked) ?? X_AXES.find(({ value }) => value === asked)?.label ?? asked;

export function cardMenu(
  card: BoardCard,
  section: BoardSection,
  choices: CurveChoices,
  does: CardActions,
  own: readonly MenuEntry[],
): MenuEntry[] {
  const at = section.cards.findIndex(({ id }) => id === card.id);
  return [
    { label: 'Full size', icon: 'maximize', keys: 'F', onselect: does.full },
    ...(does.edit ? [{ label: 'Edit the formula…', icon: 'edit', onselect: does.edit } as const] : []),
    ...(isOfCurves(card) ? curveEntries(card, choices, does) : []),
    { separator: true },
    {
      label: 'Size',
      icon: 'columns',
      items: CARD_SIZES.map((size) => ({
        label: SIZE_WORDS[size],
        checked: card.size === size,
        onselect: () => does.size(size),
      })),
    },
    section.id === PINNED
      ? { label: 'Unpin', icon: 'pin', onselect: () => does.pin(false) }
      : { label: 'Pin on top', icon: 'pin', onselect: () => does.pin(true) },
    { label: 'Move to…', icon: 'grip', onselect: does.move },
    {
      label: 'Move forward',
      icon: 'arrow-left',
      keys: 'Alt Left',
      disabled: at <= 0,
      onselect: () => does.step(-1),
    },
    {
      label: 'Move back',
      icon: 'arrow-right',
      keys: 'Alt Right',
      disabled: at === section.cards.length - 1,
      onselect: () => does.step(1),
    },
    { label: 'Duplicate', icon: 'copy', keys: 'D', onselect: does.copy },
    { separator: true },
    ...own,
    { separator: true },
    { label: 'Remove', icon: 'trash', keys: 'Delete', danger: true, onselect: does.hide },
  ];
}

function curveEntries({ own }: BoardCard, choices: CurveChoices, does: CardActions): MenuEntry[] {
  const smoothing: MenuItem[] = WEIGHTS.map((each) => ({
    label: weightWords(each),
    checked: own.smoothing === each,
    onselect: () => does.choose({ smoothing: each }),
  }));
  const axes = X_AXES.map(({ value, label }): MenuItem => ({
    label,
    checked: own.xAxis === value,
    onselect: () => does.choose({ xAxis: value }),
  }));
  const asBoard = (word: string, of: keyof OwnChoices): MenuItem => ({
    label: `${word}, as the board`,
    checked: own[of] === undefined,
    onselect: () => does.choose({ [of]: undefined }),
  });
  const yLog = own.yLog ?? choices.yLog;
  return [
    { separator: true },
    {
      label: 'Log y',
      icon: yLog ? 'check' : 'chart',
      keys: 'L',
      onselect: () => does.choose({ yLog: !yLog }),
    },
    {
      label: 'X axis',
      icon: 'sliders',
      items: [asBoard(axisLabel(choices.xAxis), 'xAxis'), { separator: true }, ...axes],
    },
    {
      label: 'Smoothing',
      icon: 'sliders',
      items: [asBoard(weightWords(choices.smoothing), 'smoothing'), { separator: true }, ...smoothing],
    },
    { label: 'How it is drawn…', icon: 'sliders', onselect: does.chooseAll },
    ...(Object.keys(own).length > 0
      ? [
          {
            label: 'As the board again',
            icon: 'undo' as const,
            onselect: () =>
              does.choose(Object.fromEntries(Object.keys(own).map((each) => [each, undefined]))),
          },
        ]
      : []),
  ];
}

export interface SectionActions {
  fold: () => void;
  foldAll: (collapsed: boolean) => void;
  /** Undefined at an end. */
  up: (() => void) | undefined;
  down: (() => void) | undefined;
}

export function sectionMenu(section: BoardSection, does: SectionActions): MenuEntry[] {
  return [
    {
      label: section.collapsed ? 'Open' : 'Fold',
      icon: section.collapsed ? 'chevron-right' : 'chevron-down',
      onselect: does.fold,
    },
    { label: 'Fold all sections', onselect: () => does.foldAll(true) },
    { label: 'Open all sections', onselect: () => does.foldAll(false) },
    { separator: true },
    { label: 'Move up', icon: 'arrow-up', disabled: !does.up, ...(does.up && { onselect: does.up }) },
    {
      label: 'Move down',
      icon: 'arrow-down',
      disabled: !does.down,
      ...(does.down && { onselect: does.down }),
    },
  ];
}
