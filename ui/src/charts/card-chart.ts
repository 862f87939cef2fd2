// What a card of the board asks the app to draw. Pure: the same for the screen, a file and a table, whether the card is
// on screen or not.
import type { AnyChart, ColorBy, ColumnInfo, CurveChart, RunRef } from '../backend';
import { columnId } from '../columns';
import { runRef } from '../run-ref';
import type { AddedChart } from './added-chart';
import { formulaIn, xKind, xMetric } from './axis-words';
import type { BoardCard, OwnChoices } from './board';
import type { Brushes } from './board-view.svelte';
import type { CurveChoices } from './choices';
import { baselineOf } from './difference';
import { AUTOMATIC } from './fixed-ends';
import { askedParams } from './importance-spec';
import { runSet, type Charted } from './marks';
import { askedPanels } from './panels-spec';
import { isOn, type Zoom } from './zoom';

interface DrawnRun extends RunRef {
  displayName: string;
  color: number | null;
  dash: number;
}

/** What the cards of a board have in common. */
export interface Drawn {
  runs: readonly DrawnRun[];
  /** The run that the screen compares others with. */
  baseline: RunRef | null;
  colorBy: ColorBy | null;
  /** Of charts of values, where the screen has them. */
  values: { of: Charted; columns: readonly ColumnInfo[] } | undefined;
}

/** The curves of a metric, or of a formula of those in `formulaOf`, without what they are zoomed to. */
export function curveQuestion(
  key: string,
  formulaOf: readonly string[],
  choices: CurveChoices,
  own: OwnChoices,
  { runs, baseline, colorBy }: Pick<Drawn, 'runs' | 'baseline' | 'colorBy'>,
): Omit<CurveChart, 'xRange' | 'xRangeOf' | 'yRange' | 'highlighted'> {
  const minus = baselineOf(choices.minus, baseline);
  const xEnds = own.xEnds?.of === choices.xAxis ? own.xEnds : undefined;
  return {
    key,
    formulaOf: [...formulaOf],
    baseline: minus && runRef(minus),
    runs: runs.map((run) => ({ ...runRef(run), dash: run.dash })),
    xAxis: xKind(choices.xAxis),
    xMetric: xMetric(choices.xAxis),
    xFormulaOf: [...(formulaIn(choices.xAxis)?.names ?? [])],
    xScale: choices.xLog ? 'log' : 'linear',
    yScale: !choices.yLog ? 'linear' : choices.symlog ? 'symlog' : 'log',
    smoothing: choices.smoothing,
    smoothingKind: choices.smoothingKind,
    xEnds: { from: xEnds?.from ?? null, to: xEnds?.to ?? null },
    // Those of values mean nothing among their differences.
    yEnds: (minus ? undefined : own.yEnds) ?? AUTOMATIC,
    withOutliers: choices.withOutliers.includes(key),
    groups: choices.grouping,
    colorBy,
  };
}

/** The name under which the zoom of a card is known: a part of the values means nothing among their differences. */
export function zoomPlace(card: string, isDifference: boolean): string {
  return isDifference ? JSON.stringify([card, 'minus']) : card;
}

/** Null where the screen has nothing to draw it from. */
export function cardChart(
  card: BoardCard,
  shown: AddedChart | undefined,
  choices: CurveChoices,
  drawn: Drawn,
  zoomOf: (place: string, xAxis: string) => Zoom,
  brushes: Brushes,
): AnyChart | null {
  const { values } = drawn;
  if (card.kind === 'bars') {
    const of = { key: card.source, runs: drawn.runs.map(runRef), highlighted: null, colorBy: drawn.colorBy };
    return { kind: 'bars', of };
  }
  if (card.kind === 'curve' || shown?.kind === 'formula') {
    const formulaOf = shown?.kind === 'formula' ? shown.spec.names : [];
    const question = curveQuestion(card.title, formulaOf, choices, card.own, drawn);
    const { x, y } = zoomOf(zoomPlace(card.id, question.baseline !== null), choices.xAxis);
    const range = (of: readonly [number, number] | null) => of && ([...of] as [number, number]);
    return {
      kind: 'curves',
      of: {
        ...question,
        xRange: isOn(question.xScale, x) ? range(x) : null,
        xRangeOf: question.xAxis,
        yRange: isOn(question.yScale, y) ? range(y) : null,
        highlighted: null,
      },
    };
  }
  if (!shown || !values) return null;
  const runs = runSet(values.of);
  switch (shown.kind) {
    case 'scatter':
      return { kind: 'scatter', of: { ...shown.spec, runs } };
    case 'parallel': {
      const axes = shown.spec.axes.map((axis) => {
        const brush = brushes[columnId(axis.column)];
        return { ...axis, brush: brush ? ([...brush] as [number, number]) : null };
      });
      const last = shown.spec.axes.at(-1);
      const color = shown.spec.color ?? (last ? { column: last.column, log: last.log } : null);
      return { kind: 'parallel', of: { runs, axes, color } };
    }
    case 'importance':
      return {
        kind: 'importance',
        of: { runs, metric: shown.spec.metric, params: askedParams(shown.spec, values.columns) },
      };
    case 'distribution':
      return { kind: 'distribution', of: { ...shown.spec, by: [...shown.spec.by], runs } };
    case 'panels':
      return { kind: 'panels', of: { ...askedPanels(shown.spec, values.columns), runs } };
    case 'heat':
      return { kind: 'heat', of: { ...shown.spec, runs } };
    case 'contour':
      return { kind: 'contour', of: { ...shown.spec, runs } };
  }
}
