// Bars in the app's wire format: only to have something to look at in a browser.
import type {
  Freshness,
  ImportantParam,
  MetricBars,
  MetricBarsLayout,
  Paper,
  RunImportance,
  RunImportanceLayout,
  RunRef,
} from './bindings';
import { PALETTE } from './bindings';
import { penColor, penFor, wire } from './fake-chart';
import { colored } from './fake-colors';
import { cellOf, findRun } from './fake-data';

const ROW_PX = 20;
const NAME_PX = 110;

/** The metrics of the fake runs that were logged once. */
export const LOGGED_ONCE = ['f1_macro', 'latency_ms'];

export function bars(chart: MetricBars, paper: Paper, freshness: Freshness): ArrayBuffer {
  const better = chart.key === 'latency_ms' ? 'lower' : 'higher';
  const all = chart.runs.flatMap((run) => {
    const value = Number(findRun(run.runId)?.metrics[chart.key] ?? NaN);
    return Number.isFinite(value) ? [{ run, value }] : [];
  });
  all.sort((a, b) => (better === 'lower' ? a.value - b.value : b.value - a.value));
  const shown = all.slice(0, Math.max(0, Math.floor((paper.heightPx - 24) / ROW_PX)));
  const most = Math.max(0, ...shown.map(({ value }) => value));
  const plot = { x: NAME_PX, y: 4, width: paper.widthPx - NAME_PX - 56, height: shown.length * ROW_PX };
  const pen = penFor(paper);
  pen.textBaseline = 'middle';
  const inks = chart.colorBy && colored(chart.runs, chart.colorBy, paper.dark).inks;
  const rows = shown.map(({ run, value }, i) => {
    const row = { x: 0, y: plot.y + i * ROW_PX, width: paper.widthPx, height: ROW_PX };
    const lit = chart.highlighted === null || chart.highlighted.runId === run.runId;
    const length = most > 0 ? (value / most) * plot.width : 0;
    const words = pen.fillStyle;
    pen.textAlign = 'right';
    pen.fillText(findRun(run.runId)?.displayName.slice(0, 18) ?? '', NAME_PX - 8, row.y + ROW_PX / 2);
    pen.textAlign = 'left';
    pen.fillText(value.toPrecision(4), plot.x + length + 5, row.y + ROW_PX / 2);
    pen.globalAlpha = lit ? 1 : 0.2;
    const ink = inks?.[chart.runs.indexOf(run)];
    pen.fillStyle = ink ? `rgb(${ink.join(' ')})` : penColor(run.runId, paper.dark);
    pen.fillRect(plot.x, row.y + 3, length, ROW_PX - 6);
    pen.globalAlpha = 1;
    pen.fillStyle = words;
    return row;
  });
  const layout: MetricBarsLayout = {
    inks: inks && shown.map(({ run }) => inks[chart.runs.indexOf(run)] ?? [128, 128, 128]),
    widthPx: paper.widthPx,
    heightPx: paper.heightPx,
    plot,
    axis: { min: 0, max: most || 1, scale: 'linear' },
    rows,
    hidden: all.length - shown.length,
    note: all.length === 0 ? 'noPoints' : null,
    bars: shown.map(({ run, value }) => ({ ...run, value })),
    better,
    missing: chart.runs.length - all.length,
    freshness,
  };
  return wire(layout, pen);
}

/** Shares that get smaller and smaller: what params mean for the fake metrics, nobody knows. */
export function importance(
  chart: RunImportance,
  runs: readonly RunRef[],
  paper: Paper,
  freshness: Freshness,
): ArrayBuffer {
  const used = runs.filter(({ runId }) => {
    const run = findRun(runId);
    return run && Number.isFinite(Number(cellOf(run, chart.metric.column)?.value ?? NaN));
  }).length;
  const needed = Math.max(10, 2 * chart.params.length);
  const asked = used < needed ? [] : chart.params;
  const total = 2 - 2 ** (1 - asked.length);
  const params = asked.map((column, i): ImportantParam => {
    const share = 2 ** -i / total;
    return { column, share, spread: share / 8, trend: (['down', null, 'up'] as const)[i % 3] ?? null };
  });
  const shown = params.slice(0, Math.max(0, Math.floor((paper.heightPx - 24) / ROW_PX)));
  const most = params[0]?.share ?? 1;
  const plot = { x: NAME_PX, y: 4, width: paper.widthPx - NAME_PX - 96, height: shown.length * ROW_PX };
  const pen = penFor(paper);
  pen.textBaseline = 'middle';
  const words = pen.fillStyle;
  const rows = shown.map(({ column, share, spread, trend }, i) => {
    const row = { x: 0, y: plot.y + i * ROW_PX, width: paper.widthPx, height: ROW_PX };
    const middle = row.y + ROW_PX / 2;
    const scale = plot.width / (most * 1.125);
    const arrow = trend === 'up' ? ' ↑' : trend === 'down' ? ' ↓' : '';
    pen.textAlign = 'right';
    pen.fillText(`${column.key.slice(0, 16)}${arrow}`, NAME_PX - 8, middle);
    pen.textAlign = 'left';
    pen.fillText(`${share.toFixed(2)} ± ${spread.toFixed(2)}`, plot.x + (share + spread) * scale + 5, middle);
    pen.fillStyle = `rgb(${PALETTE[0]?.[paper.dark ? 'dark' : 'light'].join(' ') ?? ''})`;
    pen.fillRect(plot.x, row.y + 3, share * scale, ROW_PX - 6);
    pen.fillStyle = words;
    pen.fillRect(plot.x + (share - spread) * scale, middle - 0.75, 2 * spread * scale, 1.5);
    return row;
  });
  const layout: RunImportanceLayout = {
    widthPx: paper.widthPx,
    heightPx: paper.heightPx,
    plot,
    axis: { min: 0, max: most * 1.125, scale: 'linear' },
    rows,
    hidden: params.length - shown.length,
    note: params.length === 0 ? 'noPoints' : null,
    params: shown,
    runsUsed: used,
    leftOut: runs.length - used,
    verdict: used < needed ? { kind: 'tooFewRuns', needed } : { kind: 'explained', share: 0.87 },
    freshness,
  };
  return wire(layout, pen);
}
