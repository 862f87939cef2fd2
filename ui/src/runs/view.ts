// How an experiment was left: columns, order, filter, panes and charts, as kept in the settings.
import type { Column, SortKey } from '../backend';
import { isAskedX } from '../charts/axis-words';
import { START_CHOICES, type CurveChoices } from '../charts/choices';
import { parseGrouping } from '../charts/groups';
import { parseColorChoice } from '../charts/color-by';
import { parseMinus } from '../charts/difference';
import { isSmoothing } from '../charts/smoothing';
import { columnId, parseColumnId } from '../columns';
import { asList, asRecord, isText, type Saved } from '../saved';

export interface ChartChoices extends CurveChoices {
  /** Shows only metrics whose name contains this. */
  metrics: string;
}

export type Panes = 'both' | 'table' | 'charts';

export interface View {
  /** Without the name, which is always first; nothing means the experiment's own defaults. */
  columns: Column[] | undefined;
  widths_px: Record<string, number>;
  sort: SortKey[];
  filter: string;
  /** The table's share of the width, 0 to 1. */
  split: number;
  /** Either can take all the room. */
  panes: Panes;
  charts: ChartChoices;
}

export const START_VIEW: View = {
  columns: undefined,
  widths_px: {},
  sort: [],
  filter: '',
  split: 0.56,
  panes: 'both',
  charts: { ...START_CHOICES, metrics: '' },
};

export function formatView(view: View): string {
  return JSON.stringify({
    ...view,
    columns: view.columns?.map(columnId),
    sort: view.sort.map(({ column, descending }) => ({ column: columnId(column), descending })),
  });
}

const asText = (value: unknown): string => (isText(value) ? value : '');
const within = (value: unknown, low: number, high: number, otherwise: number): number =>
  typeof value === 'number' && value >= low && value <= high ? value : otherwise;

/** The view that was saved, with the start view's value for each part that is missing or not valid. */
export function parseView(json: string | null): View {
  let saved: Saved = {};
  try {
    saved = asRecord(JSON.parse(json ?? '{}'));
  } catch {
    return START_VIEW;
  }
  const columnOf = (id: unknown) => parseColumnId(asText(id)) ?? [];
  const charts = asRecord(saved['charts']);
  return {
    columns: saved['columns'] === undefined ? undefined : asList(saved['columns']).flatMap(columnOf),
    widths_px: Object.fromEntries(
      Object.entries(asRecord(saved['widths_px'])).filter(
        (each): each is [string, number] => within(each[1], 40, 2000, 0) > 0,
      ),
    ),
    sort: asList(saved['sort']).flatMap((each) => {
      const column = parseColumnId(asText(asRecord(each)['column']));
      return column ? [{ column, descending: asRecord(each)['descending'] === true }] : [];
    }),
    filter: asText(saved['filter']),
    split: within(saved['split'], 0, 1, START_VIEW.split),
    panes: (['table', 'charts'] as const).find((panes) => panes === saved['panes']) ?? 'both',
    charts: {
      xAxis: isAskedX(charts['xAxis']) ? charts['xAxis'] : START_CHOICES.xAxis,
      xLog: charts['xLog'] === true,
      yLog: charts['yLog'] === true,
      symlog: charts['symlog'] === true,
      smoothing: within(charts['smoothing'], 0, 0.999, 0),
      smoothingKind: isSmoothing(charts['smoothingKind'])
        ? charts['smoothingKind']
        : START_CHOICES.smoothingKind,
      grouping: parseGrouping(charts['grouping']),
      colorBy: parseColorChoice(charts['colorBy']),
      minus: parseMinus(charts['minus']) ?? START_CHOICES.minus,
      withOutliers: asList(charts['withOutliers']).filter(isText),
      metrics: asText(charts['metrics']),
    },
  };
}
