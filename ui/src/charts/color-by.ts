// Colours of curves and bars by a value of their runs: what is kept of the choice, and what is asked of the app.
import type { ColorBy, ColorScale, RunRef, ValueAxis } from '../backend';
import { columnTitle } from '../columns';
import { formatCount } from '../format/number';
import { asRecord } from '../saved';
import { parseValueAxis } from './value-axis';

export interface ColorChoice extends ValueAxis {
  /** Two hues, for what is below and above zero, or what the screen's baseline has. */
  around: 'zero' | 'baseline' | null;
}

/** What was saved, or null where it is not valid. */
export function parseColorChoice(value: unknown): ColorChoice | null {
  const axis = parseValueAxis(value);
  const { around } = asRecord(value);
  return axis ? { ...axis, around: around === 'zero' || around === 'baseline' ? around : null } : null;
}

/** A screen without a baseline has zero in the middle. */
export function asColorBy({ column, log, around }: ColorChoice, baseline: RunRef | null): ColorBy {
  return {
    column,
    log,
    around:
      around === null
        ? null
        : around === 'baseline' && baseline
          ? { kind: 'run', of: baseline }
          : { kind: 'zero' },
    utcOffsetMinutes: -new Date().getTimezoneOffset(),
  };
}

/** On the button: "Colour: lr". */
export const colorLabel = ({ column }: ColorChoice): string => `Colour: ${columnTitle(column)}`;

const LANES: Record<ColorScale['lanes'][number]['lane'], string> = {
  none: 'without it',
  nan: 'NaN',
  infinite: '∞',
  nonPositive: 'at or below 0',
};

/** Why runs are grey: "3 without it, 1 NaN". */
export function greyWords(lanes: ColorScale['lanes']): string {
  return lanes.map(({ lane, runs }) => `${formatCount(runs)} ${LANES[lane]}`).join(', ');
}
