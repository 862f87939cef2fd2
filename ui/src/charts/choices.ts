// How the curves of a screen are drawn: chosen once for all its charts.
import type { Grouping, RunRef, SmoothingKind } from '../backend';
import type { AskedX } from './axis-words';
import type { ColorChoice } from './color-by';

export interface CurveChoices {
  xAxis: AskedX;
  xLog: boolean;
  yLog: boolean;
  /** A logarithmic y goes through zero to negative values. */
  symlog: boolean;
  /** Weight of the smoothing: 0 (off) to 0.99. */
  smoothing: number;
  smoothingKind: SmoothingKind;
  grouping: Grouping | null;
  /** Every curve is drawn minus the one of this run, or of the baseline that a screen has. */
  minus: RunRef | 'baseline' | null;
  /** Of curves and bars by a value of their runs, where there are no groups: those have colours of their own. */
  colorBy: ColorChoice | null;
  /** The metrics whose charts reach to values far from all others as well. */
  withOutliers: readonly string[];
}

export const START_CHOICES: CurveChoices = {
  xAxis: 'step',
  xLog: false,
  yLog: false,
  symlog: false,
  smoothing: 0,
  smoothingKind: 'ema',
  grouping: null,
  minus: null,
  colorBy: null,
  withOutliers: [],
};

/** The choices with outliers shown, or left out, in the chart of one metric. */
export function withOutliers(choices: CurveChoices, metric: string, shown: boolean): string[] {
  const others = choices.withOutliers.filter((key) => key !== metric);
  return shown ? [...others, metric] : others;
}
