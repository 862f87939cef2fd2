// What a chart that the user added shows: its spec as far as it is valid, and what it is called.
import type { ColumnInfo } from '../backend';
import type { AddedCard } from './board';
import { parseScatterSpec, scatterTitle, startScatter, type ScatterSpec } from './scatter-spec';

export type AddedChart = { kind: 'scatter'; title: string; spec: ScatterSpec };

export function addedChart({ spec }: AddedCard, columns: readonly ColumnInfo[]): AddedChart {
  const scatter = parseScatterSpec(spec, startScatter(columns));
  return { kind: 'scatter', title: scatterTitle(scatter), spec: scatter };
}
