// What a chart that the user added shows: its spec as far as it is valid, and what it is called.
import type { ColumnInfo } from '../backend';
import type { AddedCard } from './board';
import { parseFormulaSpec, type FormulaSpec } from './formula-spec';
import {
  distributionTitle,
  parseDistributionSpec,
  startDistribution,
  type DistributionSpec,
} from './distribution-spec';
import {
  importanceTitle,
  parseImportanceSpec,
  startImportance,
  type ImportanceSpec,
} from './importance-spec';
import { contourTitle, parseContourSpec, startContour, type ContourSpec } from './contour-spec';
import { heatTitle, parseHeatSpec, startHeat, type HeatSpec } from './heat-spec';
import { panelsTitle, parsePanelsSpec, startSlices, type PanelsSpec } from './panels-spec';
import { parallelTitle, parseParallelSpec, startParallel, type ParallelSpec } from './parallel-spec';
import { parseScatterSpec, scatterTitle, startScatter, type ScatterSpec } from './scatter-spec';

export type AddedChart =
  | { kind: 'scatter'; title: string; spec: ScatterSpec }
  | { kind: 'parallel'; title: string; spec: ParallelSpec }
  | { kind: 'importance'; title: string; spec: ImportanceSpec }
  | { kind: 'formula'; title: string; spec: FormulaSpec }
  | { kind: 'distribution'; title: string; spec: DistributionSpec }
  | { kind: 'panels'; title: string; spec: PanelsSpec }
  | { kind: 'heat'; title: string; spec: HeatSpec }
  | { kind: 'contour'; title: string; spec: ContourSpec };

export function addedChart({ kind, spec }: AddedCard, columns: readonly ColumnInfo[]): AddedChart {
  if (kind === 'parallel') {
    const parallel = parseParallelSpec(spec, startParallel(columns));
    return { kind, title: parallelTitle(parallel), spec: parallel };
  }
  if (kind === 'importance') {
    const importance = parseImportanceSpec(spec, startImportance(columns));
    return { kind, title: importanceTitle(importance), spec: importance };
  }
  if (kind === 'formula') {
    const formula = parseFormulaSpec(spec);
    return { kind, title: formula.text, spec: formula };
  }
  if (kind === 'distribution') {
    const distribution = parseDistributionSpec(spec, startDistribution(columns));
    return { kind, title: distributionTitle(distribution), spec: distribution };
  }
  if (kind === 'panels') {
    const panels = parsePanelsSpec(spec, startSlices(columns));
    return { kind, title: panelsTitle(panels), spec: panels };
  }
  if (kind === 'heat') {
    const heat = parseHeatSpec(spec, startHeat(columns));
    return { kind, title: heatTitle(heat), spec: heat };
  }
  if (kind === 'contour') {
    const contour = parseContourSpec(spec, startContour(columns));
    return { kind, title: contourTitle(contour), spec: contour };
  }
  const scatter = parseScatterSpec(spec, startScatter(columns));
  return { kind, title: scatterTitle(scatter), spec: scatter };
}
