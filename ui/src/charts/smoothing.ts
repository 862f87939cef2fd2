// What a smoothing is called, and how far it reaches.
import type { SmoothingKind } from '../backend';

export const SMOOTHINGS: readonly { value: SmoothingKind; label: string; hint: string }[] = [
  { value: 'ema', label: 'EMA', hint: 'Moving average, as TensorBoard has it' },
  { value: 'timeWeighted', label: 'Time-weighted', hint: 'EMA by the distance in x, as W&B has it' },
  { value: 'gaussian', label: 'Gaussian', hint: 'Mean of the points around, weighted by a bell' },
  { value: 'mean', label: 'Running mean', hint: 'Mean of the points around' },
];

export const isSmoothing = (value: unknown): value is SmoothingKind =>
  SMOOTHINGS.some((each) => each.value === value);

/** What a card says of smoothed curves: "EMA 0.60", "mean of 19 points". Nothing where they are as logged. */
export function smoothingWords(kind: SmoothingKind, weight: number): string[] {
  if (weight === 0) return [];
  const share = weight.toFixed(2);
  if (kind === 'mean') return [`mean of ${meanPoints(weight)} points`];
  return [
    kind === 'ema' ? `EMA ${share}` : kind === 'gaussian' ? `Gaussian ${share}` : `time-weighted ${share}`,
  ];
}

/** Over how many points a running mean of this weight goes; as in the app's `smooth.rs`. */
function meanPoints(weight: number): number {
  return 2 * Math.round(((1 + weight) / (1 - weight) - 1) / 2) + 1;
}
