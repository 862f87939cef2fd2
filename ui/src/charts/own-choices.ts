// What a card chooses by itself, in words: for the card, and for the list of what can be given back to the board.
import { X_AXES, xMetric } from './axis-words';
import type { OwnChoices } from './board';
import { xEndsWords, yEndsWords } from './fixed-ends';
import { groupingLabel } from './groups';
import { SMOOTHINGS } from './smoothing';

interface OwnWords {
  of: keyof OwnChoices;
  /** What is chosen: "smoothing". */
  name: string;
  /** And how: "smoothing 0.60". */
  words: string;
}

/** Everything that is chosen, in the order of the controls. */
export function ownWords(own: OwnChoices): OwnWords[] {
  const { xAxis, xLog, yLog, symlog, smoothing, smoothingKind, minus, xEnds, yEnds, grouping } = own;
  const found: (OwnWords | false)[] = [
    xAxis !== undefined && {
      of: 'xAxis',
      name: 'x axis',
      words: `x: ${xMetric(xAxis) ?? X_AXES.find(({ value }) => value === xAxis)?.label.toLowerCase() ?? xAxis}`,
    },
    xLog !== undefined && { of: 'xLog', name: 'log x', words: xLog ? 'log x' : 'linear x' },
    yLog !== undefined && { of: 'yLog', name: 'log y', words: yLog ? 'log y' : 'linear y' },
    symlog !== undefined && {
      of: 'symlog',
      name: 'symlog',
      words: symlog ? 'log y through zero' : 'log y above zero only',
    },
    smoothing !== undefined && {
      of: 'smoothing',
      name: 'smoothing',
      words: smoothing === 0 ? 'no smoothing' : `smoothing ${smoothing.toFixed(2)}`,
    },
    smoothingKind !== undefined && {
      of: 'smoothingKind',
      name: 'kind of smoothing',
      words: SMOOTHINGS.find(({ value }) => value === smoothingKind)?.label ?? smoothingKind,
    },
    minus !== undefined && {
      of: 'minus',
      name: 'difference',
      words: minus === null ? 'no difference' : 'difference to a baseline',
    },
    xEnds !== undefined && { of: 'xEnds', name: 'x range', words: xEndsWords(xEnds) },
    yEnds !== undefined && { of: 'yEnds', name: 'y range', words: yEndsWords(yEnds) },
    grouping !== undefined && {
      of: 'grouping',
      name: 'groups',
      words: grouping ? `groups: ${groupingLabel(grouping)}` : 'no groups',
    },
  ];
  return found.filter((each) => each !== false);
}

/** What a card says of its own choices, first of all: "own x axis, smoothing". */
export function ownMeta(own: OwnChoices): string[] {
  const names = ownWords(own).map(({ name }) => name);
  return names.length === 0 ? [] : [`own ${names.join(', ')}`];
}
