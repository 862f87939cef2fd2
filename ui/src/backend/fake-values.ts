// Scatter plots and parallel coordinates in the app's wire format: only to have something to look at in a browser.
import type {
  Cell,
  DimensionLayout,
  Freshness,
  LaneCount,
  MarkedRuns,
  Paper,
  RunParallel,
  RunParallelLayout,
  RunRef,
  RunScatter,
  RunScatterLayout,
  ValueAxis,
} from './bindings';
import { PALETTE } from './bindings';
import { bestOf, type DirectionOf } from './fake-best';
import { penColor, penFor, wire } from './fake-chart';
import { cellOf, findRun } from './fake-data';

/** One column of the fake runs, scaled: where each stands from 0 to 1, or none. */
export interface FakeAxis {
  layout: DimensionLayout;
  names: string[] | undefined;
  places: (number | undefined)[];
  /** The values as the layout's axis counts. */
  values: (number | undefined)[];
}

function cells(runs: readonly RunRef[], { column }: ValueAxis): (Cell | null)[] {
  return runs.map(({ runId }) => {
    const run = findRun(runId);
    return run ? cellOf(run, column) : null;
  });
}

export function scaled(runs: readonly RunRef[], axis: ValueAxis): FakeAxis {
  const found = cells(runs, axis);
  const isText = (cell: Cell | null) => cell?.kind === 'text' && !Number.isFinite(Number(cell.value));
  const names = found.some(isText)
    ? [...new Set(found.flatMap((cell) => (cell ? [String(cell.value)] : [])))].sort()
    : undefined;
  const values = found.map((cell) =>
    cell === null ? undefined : names ? names.indexOf(String(cell.value)) : Number(cell.value),
  );
  if (axis.rank && !names) rank(values);
  const log = axis.log && !axis.rank && !names;
  const fits = (value: number | undefined): value is number =>
    value !== undefined && Number.isFinite(value) && (!log || value > 0);
  const scale = (value: number) => (log ? Math.log(value) : value);
  const all = values.filter(fits);
  const [low, high] = names
    ? [-0.5, names.length - 0.5]
    : all.length > 0
      ? [Math.min(...all), Math.max(...all)]
      : [0, 1];
  const max = high > low ? high : low + 1;
  const count = (lane: LaneCount['lane'], is: (value: number | undefined) => boolean): LaneCount[] => {
    const runs = values.filter(is).length;
    return runs > 0 ? [{ lane, runs }] : [];
  };
  return {
    layout: {
      label: axis.rank ? `${axis.column.key} · rank` : axis.column.key,
      axis: { min: low, max, scale: log ? 'log' : 'linear' },
      categories: names?.length ?? null,
      names: names ?? null,
      lanes: [
        ...count('none', (value) => value === undefined),
        ...count('nan', (value) => value !== undefined && !fits(value)),
      ],
    },
    names,
    values,
    places: values.map((value) =>
      fits(value) ? (scale(value) - scale(low)) / (scale(max) - scale(low)) : undefined,
    ),
  };
}

function rank(values: (number | undefined)[]): void {
  const sorted = values.filter((value) => Number.isFinite(value)).sort((a, b) => (a ?? 0) - (b ?? 0));
  values.forEach((value, i) => (values[i] = Number.isFinite(value) ? sorted.indexOf(value) + 1 : value));
}

export function markedRuns(runs: readonly RunRef[]): MarkedRuns {
  const profileIds = [...new Set(runs.map(({ profileId }) => profileId))];
  return {
    profileIds,
    profiles: runs.map(({ profileId }) => profileIds.indexOf(profileId)),
    runIds: runs.map(({ runId }) => runId),
  };
}

/** The colour of each run by an axis, or its own. */
export function inks(runs: readonly RunRef[], by: FakeAxis | undefined, dark: boolean): string[] {
  return runs.map(({ runId }, i) => {
    const place = by?.places[i];
    if (!by) return penColor(runId, dark);
    if (place === undefined) return '#888';
    const color = PALETTE[Math.floor(place * (by.names?.length ?? 1)) % PALETTE.length];
    if (by.names && color) return `rgb(${color[dark ? 'dark' : 'light'].join(' ')})`;
    return `color-mix(in oklab, ${dark ? '#7da2ff' : '#2155d9'} ${30 + 70 * place}%, ${dark ? '#1a1c20' : '#fff'})`;
  });
}

export function scatter(
  chart: RunScatter,
  runs: readonly RunRef[],
  paper: Paper,
  freshness: Freshness,
  directionOf: DirectionOf,
): ArrayBuffer {
  const of = (axis: ValueAxis | null) => (axis ? scaled(runs, axis) : undefined);
  const [x, y] = [scaled(runs, chart.x), scaled(runs, chart.y)];
  const [color, size] = [of(chart.color), of(chart.size)];
  const lane_px = x.layout.lanes.length > 0 ? 40 : 0;
  const plot = {
    x: 44 + lane_px,
    y: 24,
    width: Math.max(1, paper.widthPx - 58 - lane_px),
    height: Math.max(1, paper.heightPx - 64),
  };
  const pen = penFor(paper);
  pen.strokeRect(plot.x, plot.y, plot.width, plot.height);
  pen.fillText(`↑ ${y.layout.label}`, 2, 12);
  pen.textAlign = 'right';
  pen.fillText(`${x.layout.label} →`, plot.x + plot.width, plot.y + plot.height - 6);
  const xs = x.places.map((at) => (at === undefined ? 64 : plot.x + at * plot.width));
  const ys = y.places.map((at) => plot.y + (at === undefined ? plot.height + 12 : (1 - at) * plot.height));
  const best = chart.best && bestOf(chart.best, [chart.x, chart.y], [x.values, y.values], directionOf);
  pen.beginPath();
  best?.runs?.forEach((run, i) => {
    const before = best.runs?.[i - 1];
    if (before !== undefined) pen.lineTo(xs[run] ?? 0, ys[before] ?? 0);
    pen.lineTo(xs[run] ?? 0, ys[run] ?? 0);
  });
  pen.stroke();
  inks(runs, color, paper.dark).forEach((ink, i) => {
    pen.globalAlpha = !best?.runs || best.runs.includes(i) ? 1 : 0.4;
    pen.fillStyle = ink;
    pen.beginPath();
    pen.arc(xs[i] ?? 0, ys[i] ?? 0, size ? 2 + 5 * (size.places[i] ?? 0) : 3, 0, 7);
    pen.fill();
  });
  pen.globalAlpha = 1;
  const tenths = (px: number) => Math.round(px * 10);
  const layout: RunScatterLayout = {
    widthPx: paper.widthPx,
    heightPx: paper.heightPx,
    plot,
    x: x.layout,
    y: y.layout,
    color: color?.layout ?? null,
    size: size?.layout ?? null,
    xTenths: xs.map(tenths),
    yTenths: ys.map(tenths),
    note: runs.length === 0 ? 'noPoints' : null,
    best: best ?? null,
    runs: markedRuns(runs),
    freshness,
  };
  return wire(layout, pen);
}

export function parallel(
  chart: RunParallel,
  runs: readonly RunRef[],
  paper: Paper,
  freshness: Freshness,
): ArrayBuffer {
  const axes = chart.axes.map((axis) => ({ ...axis, ...scaled(runs, axis) }));
  const color = chart.color ? scaled(runs, chart.color) : undefined;
  const plot = {
    x: 60,
    y: 22,
    width: Math.max(1, paper.widthPx - 110),
    height: Math.max(1, paper.heightPx - 50),
  };
  const gap = plot.width / Math.max(1, axes.length - 1);
  const isInside = runs.map((_, run) =>
    axes.every(({ brush, values }) => {
      const value = values[run];
      return !brush || (value !== undefined && value >= brush[0] && value <= brush[1]);
    }),
  );
  const heights = axes.map(({ places, flipped }) =>
    places.map(
      (at) => plot.y + (at === undefined ? plot.height + 14 : (flipped ? at : 1 - at) * plot.height),
    ),
  );
  const pen = penFor(paper);
  const words = pen.fillStyle;
  inks(runs, color, paper.dark).forEach((ink, run) => {
    pen.strokeStyle = isInside[run] ? ink : '#8883';
    pen.beginPath();
    heights.forEach((ys, i) => pen.lineTo(plot.x + i * gap, ys[run] ?? 0));
    pen.stroke();
  });
  pen.fillStyle = words;
  pen.textAlign = 'center';
  const layout: RunParallelLayout = {
    widthPx: paper.widthPx,
    heightPx: paper.heightPx,
    plot,
    lanesBottomPx: plot.y + plot.height + 22,
    axes: axes.map(({ layout: dimension, flipped }, i) => {
      const xPx = Math.round(plot.x + i * gap);
      pen.fillText(dimension.label, xPx, 12);
      pen.fillRect(xPx, plot.y, 1, plot.height);
      const head = { x: Math.max(0, xPx - 40), y: 0, width: 80, height: 20 };
      const yTenths = (heights[i] ?? []).map((px) => Math.round(px * 10));
      return { xPx, head, dimension, flipped, yTenths };
    }),
    color: color?.layout ?? null,
    runsTotal: runs.length,
    inside: chart.axes.some(({ brush }) => brush) ? runs.flatMap((_, i) => (isInside[i] ? [i] : [])) : null,
    note: runs.length === 0 ? 'noPoints' : null,
    runs: markedRuns(runs),
    freshness,
  };
  return wire(layout, pen);
}
