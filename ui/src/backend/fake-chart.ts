// A frame in the app's wire format, drawn on a canvas: only to have something to look at in a browser.
import type { CurveChart, CurveLayout, CurveProbe, Freshness, Paper } from './bindings';
import { DASHES, PALETTE } from './bindings';
import { colored } from './fake-colors';
import { curveOf, findRun, type FakeRun } from './fake-data';

const MARGIN = { left: 46, right: 10, top: 8, bottom: 24 };
const STEP_MS = 1500;

interface Point {
  x: number;
  value: number;
  smoothed: number;
}

/** Of a formula, the curve of its first metric: only to have something to look at. */
function valuesOf({ key, formulaOf }: CurveChart, run: FakeRun) {
  return curveOf(run, formulaOf[0] ?? key);
}

function pointsOf(chart: CurveChart, runId: string): Point[] {
  const run = findRun(runId);
  if (!run) return [];
  let sum = 0;
  let weight = 0;
  const under = chart.baseline && findRun(chart.baseline.runId);
  const minus = new Map(under ? valuesOf(chart, under).map(({ step, value }) => [step, value]) : []);
  return valuesOf(chart, run).flatMap(({ step, value: logged }) => {
    const value = logged - (under ? (minus.get(step) ?? NaN) : 0);
    if (Number.isNaN(value)) return [];
    sum = sum * chart.smoothing + value * (1 - chart.smoothing);
    weight = weight * chart.smoothing + (1 - chart.smoothing);
    const x =
      chart.xAxis === 'step' ? step : step * STEP_MS + (chart.xAxis === 'time' ? (run.startTimeMs ?? 0) : 0);
    return [{ x, value, smoothed: sum / weight }];
  });
}

export function probe(chart: CurveChart, x: number): CurveProbe[] {
  return chart.runs.flatMap(({ profileId, runId }) => {
    const points = pointsOf(chart, runId);
    const nearest = points.reduce<Point | undefined>(
      (best, point) => (best && Math.abs(best.x - x) <= Math.abs(point.x - x) ? best : point),
      undefined,
    );
    return nearest
      ? [{ profileId, runId, x: nearest.x, value: nearest.value, smoothed: nearest.smoothed }]
      : [];
  });
}

export function frame(chart: CurveChart, paper: Paper, freshness: Freshness): ArrayBuffer {
  const yLog = chart.yScale !== 'linear';
  const lines = chart.runs.map((run) => ({ ...run, points: pointsOf(chart, run.runId) }));
  const all = lines.flatMap((line) => line.points);
  const shown = all.filter(({ x }) => !chart.xRange || (x >= chart.xRange[0] && x <= chart.xRange[1]));
  const [first, last] = extent(all.map(({ x }) => x));
  const [from, to] = chart.xRange ?? [chart.xEnds.from ?? first, chart.xEnds.to ?? last];
  const values = shown.map(({ value }) => value).filter((value) => !yLog || value > 0);
  const [low, high] = extent(values);
  const air = (high - low) * 0.05;
  const ownY = yLog ? { min: low, max: high } : { min: low - air, max: high + air };
  const shownY = { min: chart.yEnds.from ?? ownY.min, max: chart.yEnds.to ?? ownY.max };
  const y = chart.yRange ? { min: chart.yRange[0], max: chart.yRange[1] } : shownY;
  const plot = {
    x: MARGIN.left,
    y: MARGIN.top,
    width: Math.max(1, paper.widthPx - MARGIN.left - MARGIN.right),
    height: Math.max(1, paper.heightPx - MARGIN.top - MARGIN.bottom),
  };
  const scale = (value: number) => (yLog ? Math.log(value) : value);
  const px = (x: number) => plot.x + ((x - from) / (to - from || 1)) * plot.width;
  const py = (value: number) =>
    plot.y + (1 - (scale(value) - scale(y.min)) / (scale(y.max) - scale(y.min) || 1)) * plot.height;

  const inks = chart.colorBy && !chart.groups ? colored(chart.runs, chart.colorBy, paper.dark).inks : null;
  const pen = penFor(paper);
  for (let i = 0; i <= 4; i++) {
    const value = yLog ? y.min * (y.max / y.min) ** (i / 4) : y.min + ((y.max - y.min) * i) / 4;
    pen.beginPath();
    pen.moveTo(plot.x, py(value));
    pen.lineTo(plot.x + plot.width, py(value));
    pen.stroke();
    pen.textAlign = 'right';
    pen.fillText(value.toPrecision(2), plot.x - 5, py(value) + 3);
    const x = from + ((to - from) * i) / 4;
    pen.textAlign = i === 0 ? 'left' : i === 4 ? 'right' : 'center';
    const label =
      chart.xAxis === 'step'
        ? String(Math.round(x))
        : chart.xAxis === 'time'
          ? clock(x)
          : `${(x / 60000).toFixed(0)} min`;
    pen.fillText(label, px(x), paper.heightPx - 8);
  }
  pen.beginPath();
  pen.rect(plot.x, plot.y, plot.width, plot.height);
  pen.clip();
  for (const line of [...lines].reverse()) {
    const stands = chart.highlighted?.profileId === line.profileId && chart.highlighted.runId === line.runId;
    const back = chart.highlighted !== null && !stands;
    for (const raw of chart.smoothing > 0 ? [true, false] : [false]) {
      pen.globalAlpha = (back ? 0.18 : 1) * (raw ? 0.25 : 1);
      const ink = inks?.[lines.indexOf(line)];
      pen.strokeStyle = ink ? `rgb(${ink.join(' ')})` : penColor(line.runId, paper.dark);
      pen.lineWidth = stands ? 2.2 : 1.4;
      pen.setLineDash([...((line.dash > 0 && DASHES[(line.dash - 1) % DASHES.length]) || [])]);
      pen.beginPath();
      line.points.forEach(({ x, value, smoothed }) => pen.lineTo(px(x), py(raw ? value : smoothed)));
      pen.stroke();
    }
  }
  const layout: CurveLayout = {
    widthPx: paper.widthPx,
    heightPx: paper.heightPx,
    plot,
    xKind: chart.xAxis,
    pointsMost: Math.max(0, ...lines.map((line) => line.points.length)),
    seriesAtOneX: 0,
    x: { min: from, max: to === from ? from + 1 : to, scale: 'linear' },
    y: { ...y, scale: yLog ? 'log' : 'linear' },
    seriesDrawn: lines.filter((line) => line.points.length > 0).length,
    seriesTotal: lines.length,
    pointsTotal: all.length,
    nanPoints: 0,
    infinitePoints: 0,
    nonPositivePoints: 0,
    hasBands: false,
    outliers: null,
    note: all.length === 0 ? 'noPoints' : shown.length === 0 ? 'nothingInRange' : null,
    withoutX: { runs: 0, points: 0 },
    withoutPart: { runs: 0, points: 0 },
    runsWithPoints: lines.filter((line) => line.points.length > 0).length,
    difference: chart.baseline && { between: 0, without: { runs: 0, points: 0 } },
    groups: [],
    inks,
    bins: null,
    freshness,
  };
  return wire(layout, pen);
}

/** `[u32 length of the layout, little endian][layout as JSON][RGBA]`. */
export function wire(layout: object, pen: OffscreenCanvasRenderingContext2D): ArrayBuffer {
  const words = new TextEncoder().encode(JSON.stringify(layout));
  const pixels = pen.getImageData(0, 0, pen.canvas.width, pen.canvas.height).data;
  const bytes = new Uint8Array(4 + words.length + pixels.length);
  new DataView(bytes.buffer).setUint32(0, words.length, true);
  bytes.set(words, 4);
  bytes.set(pixels, 4 + words.length);
  return bytes.buffer;
}

/** A pen for a paper, which draws in CSS pixels. */
export function penFor(paper: Paper): OffscreenCanvasRenderingContext2D {
  const width = Math.max(1, Math.round(paper.widthPx * paper.dpr));
  const height = Math.max(1, Math.round(paper.heightPx * paper.dpr));
  const pen = new OffscreenCanvas(width, height).getContext('2d') as OffscreenCanvasRenderingContext2D;
  pen.scale(paper.dpr, paper.dpr);
  pen.fillStyle = token('text-2', paper.dark);
  pen.strokeStyle = token('line', paper.dark);
  pen.font = '10px sans-serif';
  return pen;
}

/** A run's colour for the pen. */
export function penColor(runId: string, dark: boolean): string {
  const color = PALETTE[findRun(runId)?.color ?? 0]?.[dark ? 'dark' : 'light'] ?? [128, 128, 128];
  return `rgb(${color.join(' ')})`;
}

/** A colour token of the window, which is written as `light-dark(…, …)`. */
function token(name: string, dark: boolean): string {
  const pair = getComputedStyle(document.documentElement).getPropertyValue(`--${name}`);
  return pair.match(/#[0-9a-f]+/g)?.[dark ? 1 : 0] ?? '';
}

function extent(values: number[]): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low > high ? [0, 1] : low === high ? [low - 0.5, high + 0.5] : [low, high];
}

function clock(time_ms: number): string {
  return new Date(time_ms).toTimeString().slice(0, 5);
}
