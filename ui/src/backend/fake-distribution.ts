// Distributions in the app's wire format: only to have something to look at in a browser. Boxes stand for violins too.
import type {
  Freshness,
  GroupNumbers,
  Paper,
  Rect,
  RunDistribution,
  RunDistributionLayout,
  RunRef,
} from './bindings';
import { PALETTE } from './bindings';
import { penFor, wire } from './fake-chart';
import { cellOf, findRun } from './fake-data';
import { markedRuns, scaled } from './fake-values';

interface Entry {
  run: RunRef;
  group: number;
  value: number;
  /** From 0 to 1 along the axis. */
  share: number;
}
interface Mark {
  entry: Entry;
  x: number;
  y: number;
}

export function distribution(
  chart: RunDistribution,
  runs: readonly RunRef[],
  paper: Paper,
  freshness: Freshness,
): ArrayBuffer {
  const axis = scaled(runs, chart.value);
  const nameOf = ({ runId }: RunRef) => {
    const run = findRun(runId);
    return chart.by.map((column) => String((run && cellOf(run, column)?.value) ?? 'not set')).join(' · ');
  };
  const names = [...new Set(runs.map(nameOf))].sort();
  const entries = runs.flatMap((run, i): Entry[] => {
    const [value, share] = [axis.values[i], axis.places[i]];
    if (axis.names || value === undefined || share === undefined) return [];
    return [{ run, group: names.indexOf(nameOf(run)), value, share }];
  });
  entries.sort((a, b) => a.value - b.value);
  const plot = {
    x: 44,
    y: 24,
    width: Math.max(1, paper.widthPx - 58),
    height: Math.max(1, paper.heightPx - 64),
  };
  const pen = penFor(paper);
  pen.strokeRect(plot.x, plot.y, plot.width, plot.height);
  const ink = (group: number) =>
    `rgb(${PALETTE[group % PALETTE.length]?.[paper.dark ? 'dark' : 'light'].join(' ') ?? ''})`;
  const groups = names.map((name, i) =>
    numbersOf(
      name,
      i,
      entries.filter(({ group }) => group === i),
    ),
  );
  const slot = plot.width / Math.max(1, names.length);
  const bins = 8;
  const binOf = ({ share }: Entry) => Math.min(bins - 1, Math.floor(share * bins));
  const isHistogram = chart.form === 'histogram';
  const stopOf = (entry: Entry) => (isHistogram ? binOf(entry) : entry.group);
  const rects = Array.from({ length: isHistogram ? bins : names.length }, (_, i): Rect => {
    if (isHistogram) return { ...plot, x: plot.x + (i * plot.width) / bins, width: plot.width / bins };
    return chart.form === 'edf' ? plot : { ...plot, x: plot.x + i * slot, width: slot };
  });
  const marks: Mark[] = [];
  const stops = rects.map((rect, stop) => {
    const own = entries.filter((entry) => stopOf(entry) === stop);
    const firstMark = marks.length;
    own.forEach((entry, i) => {
      const across = plot.x + entry.share * plot.width;
      const up = (share: number) => plot.y + (1 - share) * plot.height;
      if (chart.form === 'edf') marks.push({ entry, x: across, y: up((i + 1) / own.length) });
      else if (isHistogram)
        marks.push({ entry, x: rect.x + rect.width / 2, y: up((i + 0.5) / Math.max(1, entries.length)) });
      else marks.push({ entry, x: rect.x + rect.width / 2 + ((i * 7) % 11) - 5, y: up(entry.share) });
    });
    return { rect, firstMark, marks: own.length };
  });
  for (const { entry, x, y } of marks) {
    pen.fillStyle = ink(entry.group);
    if (isHistogram) pen.fillRect(x - plot.width / bins / 2 + 1, y - 2, plot.width / bins - 2, 4);
    else {
      pen.beginPath();
      pen.arc(x, y, 2, 0, 7);
      pen.fill();
    }
  }
  if (!isHistogram && chart.form !== 'edf')
    groups.forEach(({ name }, i) => {
      pen.textAlign = 'center';
      pen.fillStyle = ink(i);
      pen.fillText(name, plot.x + (i + 0.5) * slot, plot.y + plot.height + 14);
    });
  const { min, max } = axis.layout.axis;
  const edge = (i: number) => min + ((max - min) * i) / bins;
  const layout: RunDistributionLayout = {
    widthPx: paper.widthPx,
    heightPx: paper.heightPx,
    plot,
    form: chart.form,
    value: axis.layout,
    lies: isHistogram || chart.form === 'edf',
    groups,
    groupsTotal: groups.length,
    runsTotal: runs.length,
    bins: isHistogram
      ? rects.map((_, i) => ({
          from: edge(i),
          to: edge(i + 1),
          counts: names.map((_, group) => entries.filter((e) => binOf(e) === i && e.group === group).length),
        }))
      : [],
    stops,
    xTenths: marks.map(({ x }) => Math.round(x * 10)),
    yTenths: marks.map(({ y }) => Math.round(y * 10)),
    points: isHistogram ? [] : null,
    note: entries.length === 0 ? 'noPoints' : null,
    runs: markedRuns(marks.map(({ entry }) => entry.run)),
    better: null,
    freshness,
  };
  return wire(layout, pen);
}

function numbersOf(name: string, color: number, entries: readonly Entry[]): GroupNumbers {
  const at = (share: number) => entries[Math.round(share * (entries.length - 1))]?.value ?? NaN;
  const mean = entries.reduce((sum, { value }) => sum + value, 0) / entries.length;
  const ends = { min: at(0), max: at(1), low: at(0), high: at(1) };
  const summary = { ...ends, q1: at(0.25), median: at(0.5), q3: at(0.75), mean, outliers: 0 };
  return { name, color, values: entries.length, lanes: [], summary: entries.length > 0 ? summary : null };
}
