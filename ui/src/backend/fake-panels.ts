// Panels and heat maps in the app's wire format: only to have something to look at in a browser.
import type {
  Freshness,
  HeatCell,
  Paper,
  PanelSide,
  RunHeat,
  RunHeatLayout,
  RunPanels,
  RunPanelsLayout,
  RunRef,
} from './bindings';
import { penFor, wire } from './fake-chart';
import { inks, markedRuns, scaled, type FakeAxis } from './fake-values';

const tenths = (px: number | undefined) => (px === undefined ? null : Math.round(px * 10));

function side({ layout, places }: FakeAxis, fromPx: number, lengthPx: number, upwards: boolean): PanelSide {
  const at = (place: number) => fromPx + (upwards ? 1 - place : place) * lengthPx;
  return {
    fromPx,
    lengthPx,
    dimension: layout,
    tenths: places.map((place) => tenths(place === undefined ? undefined : at(place))),
  };
}

export function panels(
  chart: RunPanels,
  runs: readonly RunRef[],
  paper: Paper,
  freshness: Freshness,
): ArrayBuffer {
  const all = chart.x.filter((axis) => new Set(scaled(runs, axis).values).size > 1 || !chart.byAssociation);
  const fit = Math.max(1, Math.floor((paper.widthPx - 40) / 90));
  const down = chart.y ? fit : Math.max(1, Math.floor((paper.heightPx - 40) / 58));
  const shown = all.slice(0, Math.min(fit, down));
  const x = shown.map((axis) => scaled(runs, axis));
  const y = chart.y ? [scaled(runs, chart.y)] : x;
  const split = (from: number, room: number, count: number, i: number): [number, number] => {
    const length = (room - 14 * (count - 1)) / Math.max(1, count);
    return [from + (length + 14) * i, length];
  };
  const columns = x.map((of, i) => side(of, ...split(46, paper.widthPx - 60, x.length, i), false));
  const rows = y.map((of, i) => side(of, ...split(24, paper.heightPx - 64, y.length, i), true));
  const pen = penFor(paper);
  const words = pen.fillStyle;
  const ink = inks(runs, chart.color ? scaled(runs, chart.color) : undefined, paper.dark);
  pen.textAlign = 'center';
  columns.forEach((column, i) => {
    if (chart.y)
      pen.fillText(column.dimension.label, column.fromPx + column.lengthPx / 2, paper.heightPx - 8);
    rows.forEach((row, j) => {
      pen.strokeRect(column.fromPx, row.fromPx, column.lengthPx, row.lengthPx);
      if (!chart.y && i === j)
        return pen.fillText(column.dimension.label, column.fromPx + column.lengthPx / 2, row.fromPx + 20);
      for (const run of runs.keys()) {
        const [a, b] = [column.tenths[run], row.tenths[run]];
        if (a == null || b == null) continue;
        pen.fillStyle = ink[run] ?? '#888';
        pen.fillRect(a / 10 - 2, b / 10 - 2, 4, 4);
      }
      pen.fillStyle = words;
    });
  });
  const layout: RunPanelsLayout = {
    widthPx: paper.widthPx,
    heightPx: paper.heightPx,
    columns,
    rows,
    isMatrix: chart.y === null,
    hidden: all.length - shown.length,
    color: null,
    note: runs.length === 0 || columns.length === 0 ? 'noPoints' : null,
    x: shown.map(({ column }) => column),
    runs: markedRuns(runs),
    freshness,
  };
  return wire(layout, pen);
}

export function heat(
  chart: RunHeat,
  runs: readonly RunRef[],
  paper: Paper,
  freshness: Freshness,
): ArrayBuffer {
  const [x, y, value] = [chart.x, chart.y, chart.value].map((axis) => scaled(runs, axis)) as [
    FakeAxis,
    FakeAxis,
    FakeAxis,
  ];
  const plot = {
    x: 60,
    y: 24,
    width: Math.max(1, paper.widthPx - 74),
    height: Math.max(1, paper.heightPx - 64),
  };
  const cuts = ({ names }: FakeAxis) => names?.length ?? chart.parts ?? 8;
  const bin = (of: FakeAxis, run: number) => {
    const place = of.places[run];
    return place === undefined ? undefined : Math.min(cuts(of) - 1, Math.floor(place * cuts(of)));
  };
  const found = new Map<string, { column: number; row: number; numbers: number[]; runs: number }>();
  for (const run of runs.keys()) {
    const [column, row] = [bin(x, run), bin(y, run)];
    if (column === undefined || row === undefined) continue;
    const key = `${column} ${row}`;
    const cell = found.get(key) ?? { column, row, numbers: [], runs: 0 };
    cell.runs += 1;
    const number = value.values[run];
    if (number !== undefined && Number.isFinite(number)) cell.numbers.push(number);
    found.set(key, cell);
  }
  const say = (numbers: number[]) =>
    chart.statistic === 'mean'
      ? numbers.reduce((sum, each) => sum + each, 0) / numbers.length
      : Math[chart.statistic](...numbers);
  const [width, height] = [plot.width / cuts(x), plot.height / cuts(y)];
  const cells = [...found.values()].map(({ column, row, numbers, runs }): HeatCell => {
    const area = { x: plot.x + column * width, y: plot.y + plot.height - (row + 1) * height, width, height };
    const word = ({ names }: FakeAxis, at: number) => names?.[at] ?? `part ${at + 1}`;
    const said = { x: word(x, column), y: word(y, row), runs, counted: numbers.length };
    return { area, ...said, value: numbers.length > 0 ? say(numbers) : null };
  });
  const pen = penFor(paper);
  const words = pen.fillStyle;
  const values = cells.flatMap((cell) => cell.value ?? []);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  for (const { area, value } of cells) {
    const share = value === null ? 0 : (value - low) / (high - low || 1);
    pen.fillStyle = value === null ? '#888' : `color-mix(in oklab, #4f7df0 ${30 + 70 * share}%, transparent)`;
    pen.fillRect(area.x, area.y, area.width - 1, area.height - 1);
  }
  pen.fillStyle = words;
  pen.fillText(`↑ ${y.layout.label}`, 2, 12);
  const columns = side(x, plot.x, plot.width, false).tenths;
  const rows = side(y, plot.y, plot.height, true).tenths;
  columns.forEach((a, run) => {
    const b = rows[run];
    if (a != null && b != null) pen.fillRect(a / 10 - 1, b / 10 - 1, 2, 2);
  });
  const layout: RunHeatLayout = {
    widthPx: paper.widthPx,
    heightPx: paper.heightPx,
    plot,
    x: x.layout,
    y: y.layout,
    value: value.layout,
    cells,
    xTenths: columns,
    yTenths: rows,
    note: runs.length === 0 ? 'noPoints' : cells.length === 0 ? 'noFinitePoints' : null,
    runs: markedRuns(runs),
    freshness,
  };
  return wire(layout, pen);
}
