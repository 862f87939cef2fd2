// A metric over versions in the app's wire format: only to have something to look at in a browser.
import type { Paper, VersionsLayoutAnswer, VersionsView } from './bindings';
import { penFor, wire } from './fake-chart';
import { MEASURED, versionsOf } from './fake-data';

export function versionsChart(view: VersionsView, paper: Paper): ArrayBuffer {
  const rows = versionsOf(view.model).toReversed();
  const column = MEASURED.indexOf(view.metric.key);
  const values = rows.map(({ cells }) => (cells[column] ? Number(cells[column].value) : undefined));
  const known = values.filter((value) => value !== undefined);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const plot = {
    x: 44,
    y: 18,
    width: Math.max(1, paper.widthPx - 60),
    height: Math.max(1, paper.heightPx - 44),
  };
  const pen = penFor(paper);
  const place = (at: number) => {
    const value = values[at];
    if (value === undefined) return undefined;
    return {
      x: plot.x + (plot.width * (at + 0.5)) / values.length,
      y: plot.y + plot.height * (high > low ? (high - value) / (high - low) : 0.5),
    };
  };
  const places = rows.map((_, at) => place(at));
  places.forEach((dot, at) => {
    if (!dot) return;
    pen.beginPath();
    pen.arc(dot.x, dot.y, 3, 0, 2 * Math.PI);
    pen.fill();
    pen.fillText(`v${rows[at]?.version.version}`, dot.x - 6, dot.y - 8);
  });
  const layout: VersionsLayoutAnswer = {
    widthPx: paper.widthPx,
    heightPx: paper.heightPx,
    plot,
    x: { min: -0.5, max: values.length - 0.5, scale: 'linear' },
    y: { min: low, max: high > low ? high : low + 1, scale: 'linear' },
    xTenths: places.map((dot) => (dot ? Math.round(dot.x * 10) : -10)),
    yTenths: places.map((dot) => (dot ? Math.round(dot.y * 10) : -10)),
    spans: [],
    withoutDot: places.filter((dot) => !dot).length,
    note: known.length > 0 ? null : 'noPoints',
    versions: rows.map(({ version }) => version.version),
  };
  return wire(layout, pen);
}
