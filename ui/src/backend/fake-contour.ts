// Contours in the app's wire format: only to have something to look at in a browser.
import type { Freshness, Paper, RunContour, RunContourLayout, RunRef } from './bindings';
import { penFor, wire } from './fake-chart';
import { markedRuns, scaled, type FakeAxis } from './fake-values';

export function contour(
  chart: RunContour,
  runs: readonly RunRef[],
  paper: Paper,
  freshness: Freshness,
): ArrayBuffer {
  const of = [chart.x, chart.y, chart.value].map((axis) => scaled(runs, axis));
  const [x, y, value] = of as [FakeAxis, FakeAxis, FakeAxis];
  const plot = {
    x: 60,
    y: 24,
    width: Math.max(1, paper.widthPx - 74),
    height: Math.max(1, paper.heightPx - 64),
  };
  const places = runs.flatMap((_, run) => {
    const [a, b, c] = [x.places[run], y.places[run], value.places[run]];
    return a === undefined || b === undefined || c === undefined ? [] : [[a, b, c] as const];
  });
  const hasWords = x.names !== undefined || y.names !== undefined;
  const few = places.slice(0, 400);
  const isFitted = !hasWords && few.length >= 8;
  const [columns, rows] = isFitted ? [41, 25] : [0, 0];
  const shares = Array.from({ length: columns * rows }, (_, i) => {
    const [across, up] = [(i % columns) / (columns - 1), 1 - Math.floor(i / columns) / (rows - 1)];
    let [sum, weights, nearest] = [0, 0, Infinity];
    for (const [a, b, c] of few) {
      const away = (a - across) ** 2 + (b - up) ** 2;
      const weight = Math.exp(-away / 0.02);
      sum += weight * c;
      weights += weight;
      nearest = Math.min(nearest, away);
    }
    return nearest > 0.04 ? null : sum / weights;
  });
  const pen = penFor(paper);
  const words = pen.fillStyle;
  const [width, height] = [plot.width / (columns - 1), plot.height / (rows - 1)];
  shares.forEach((share, i) => {
    if (share === null) return;
    pen.fillStyle = `color-mix(in oklab, #4f7df0 ${30 + 10 * Math.round(7 * share)}%, transparent)`;
    pen.fillRect(
      plot.x + ((i % columns) - 0.5) * width,
      plot.y + (Math.floor(i / columns) - 0.5) * height,
      width,
      height,
    );
  });
  pen.fillStyle = words;
  pen.fillText(`↑ ${y.layout.label}`, 2, 12);
  const tenths = (place: number | undefined, from: number, length: number) =>
    place === undefined ? null : Math.round((from + place * length) * 10);
  const xTenths = x.places.map((place) => tenths(place, plot.x, plot.width));
  const yTenths = y.places.map((place) => tenths(place, plot.y + plot.height, -plot.height));
  xTenths.forEach((a, run) => {
    const b = yTenths[run];
    if (a != null && b != null) pen.fillRect(a / 10 - 1, b / 10 - 1, 2, 2);
  });
  const { min, max } = value.layout.axis;
  const layout: RunContourLayout = {
    widthPx: paper.widthPx,
    heightPx: paper.heightPx,
    plot,
    x: x.layout,
    y: y.layout,
    value: value.layout,
    verdict: isFitted
      ? { kind: 'fitted', runs: few.length, width: 0.1, explained: 0.6 }
      : hasWords
        ? { kind: 'words' }
        : { kind: 'tooFewPlaces', places: few.length, needed: 8 },
    columns,
    rows,
    heights: shares.map((share) => (share === null ? null : min + share * (max - min))),
    xTenths,
    yTenths,
    note: runs.length === 0 ? 'noPoints' : null,
    runs: markedRuns(runs),
    freshness,
  };
  return wire(layout, pen);
}
