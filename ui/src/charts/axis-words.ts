// What x may be, and what a card says about it: what is drawn, and why, where it is not what was asked for.
import type { CurveLayout, XKind } from '../backend';
import { formatCount } from '../format/number';
import { isText, parseJson } from '../saved';
import { parseFormulaSpec, type FormulaSpec } from './formula-spec';

/** What can be asked for, in one text: a metric is meant by its name, a formula is written out with its metrics. */
export type AskedX = Exclude<XKind, 'metric'> | `metric.${string}` | `formula.${string}`;

export const X_AXES: readonly { value: Exclude<XKind, 'metric'>; label: string; hint: string }[] = [
  { value: 'step', label: 'Step', hint: 'As it was logged' },
  { value: 'time', label: 'Time', hint: 'When it was logged' },
  { value: 'relative', label: 'Relative', hint: 'Time since the run’s first point' },
  { value: 'order', label: 'Order', hint: 'The first point, the second, …' },
];

export const isAskedX = (value: unknown): value is AskedX =>
  X_AXES.some((axis) => axis.value === value) ||
  (isText(value) && (/^metric\../s.test(value) || formulaIn(value) !== null));

export function askedFormula({ text, names }: FormulaSpec): AskedX {
  return `formula.${JSON.stringify({ text, names })}`;
}

/** The formula that is x, if one is. */
export function formulaIn(asked: string): FormulaSpec | null {
  if (!asked.startsWith('formula.')) return null;
  const spec = parseFormulaSpec(parseJson(asked.slice('formula.'.length)));
  return spec.text !== '' && spec.names.length > 0 ? spec : null;
}

/** The metric or the formula that is x, if one is. */
export function xMetric(asked: AskedX): string | null {
  return asked.startsWith('metric.') ? asked.slice('metric.'.length) : (formulaIn(asked)?.text ?? null);
}

/** The metrics that are read for x. */
export function xMetrics(asked: AskedX): readonly string[] {
  const metric = xMetric(asked);
  return formulaIn(asked)?.names ?? (metric === null ? [] : [metric]);
}

export function xKind(asked: AskedX): XKind {
  return xMetric(asked) === null ? (asked as XKind) : 'metric';
}

/** What a key leads to: step, time, relative, and around again. */
export function nextAxis(asked: AskedX): AskedX {
  return asked === 'step' ? 'time' : asked === 'time' ? 'relative' : 'step';
}

type Told = Pick<
  CurveLayout,
  'pointsTotal' | 'pointsMost' | 'seriesTotal' | 'seriesAtOneX' | 'xKind' | 'withoutX'
>;

/** `one` is what each curve is of. */
export function axisWords(asked: AskedX, layout: Told | undefined, one: 'run' | 'group' = 'run'): string[] {
  const metric = xMetric(asked);
  const word = metric === null ? asked : `over ${metric}`;
  if (!layout || layout.pointsTotal === 0) return [word];
  if (layout.pointsMost === 1) return [layout.seriesTotal === 1 ? 'one value' : `one value per ${one}`];
  const counted = metric !== null ? 'value' : asked === 'step' ? 'step' : 'time';
  if (layout.xKind === 'order' && asked !== 'order') return ['in order: only one step and one time'];
  if (layout.xKind !== xKind(asked)) {
    const why = metric === null ? `only one ${counted}` : `no values of ${metric}`;
    return [`over ${layout.xKind === 'step' ? 'steps' : 'time'}: ${why}`];
  }
  // Beside others that get on, it is a stroke straight up.
  const still = layout.seriesAtOneX;
  const amount = (count: number, what: string) => `${formatCount(count)} ${count === 1 ? what : `${what}s`}`;
  const { runs: runsWithout, points } = layout.withoutX;
  return [
    word,
    ...(still === 0 ? [] : [`${amount(still, one)} at one ${counted}`]),
    ...(runsWithout === 0 ? [] : [`${amount(runsWithout, 'run')} without it`]),
    ...(points === 0 ? [] : [`${amount(points, 'point')} without it`]),
  ];
}

/** What a card says of logarithmic axes, and of the points that they have no place for. */
export function scaleWords(
  { xLog, yLog, symlog }: { xLog: boolean; yLog: boolean; symlog: boolean },
  layout: Pick<CurveLayout, 'x' | 'nonPositivePoints'> | undefined,
): string[] {
  const isX = xLog && layout?.x.scale !== 'linear';
  const lost = layout?.nonPositivePoints ?? 0;
  return [
    ...(isX ? ['log x'] : []),
    ...(yLog ? [symlog ? 'symlog' : 'log'] : []),
    ...(lost === 0 ? [] : [`${formatCount(lost)} ${lost === 1 ? 'point' : 'points'} at or below 0`]),
  ];
}
