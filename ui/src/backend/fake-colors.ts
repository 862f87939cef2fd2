// Colours of runs by a value, about as the app has them: only to have something to look at in a browser.
import type { ColorBy, ColorScale, RunRef } from './bindings';
import { PALETTE } from './bindings';
import { cellOf, findRun } from './fake-data';

const RAMP = { light: [[190, 205, 245], [41, 81, 207], [20, 40, 110]], dark: [[45, 60, 100], [130, 167, 251], [220, 230, 255]] }; // prettier-ignore
const GREY = [140, 140, 140] as [number, number, number];
type Ink = [number, number, number];

/** The colour of each run, and what the colours mean. */
export function colored(
  runs: readonly RunRef[],
  by: ColorBy,
  dark: boolean,
): { inks: Ink[]; scale: ColorScale } {
  const cells = runs.map(({ runId }) => {
    const run = findRun(runId);
    return run ? (cellOf(run, by.column)?.value ?? null) : null;
  });
  const numbers = cells.map((cell) => (cell === null ? NaN : Number(cell)));
  const finite = numbers.filter((number) => Number.isFinite(number));
  const theme = dark ? 'dark' : 'light';
  const grey = cells.filter((cell) => cell === null).length;
  const scale: ColorScale = {
    label: by.column.key,
    colors: [],
    numbers: null,
    names: [],
    more: 0,
    lanes: grey > 0 ? [{ lane: 'none', runs: grey }] : [],
  };
  if (finite.length === 0) {
    const names = [...new Set(cells.flatMap((cell) => (cell === null ? [] : [String(cell)])))].sort();
    const colors = names.map((_, i): Ink => [...(PALETTE[i % PALETTE.length]?.[theme] ?? GREY)]);
    const ink = (cell: string | number | null) =>
      cell === null ? GREY : (colors[names.indexOf(String(cell))] ?? GREY);
    return { inks: cells.map(ink), scale: { ...scale, names, colors } };
  }
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const at = (share: number): Ink => {
    const [from, middle, to] = RAMP[theme] as [Ink, Ink, Ink];
    const [a, b, part] = share < 0.5 ? [from, middle, share * 2] : [middle, to, share * 2 - 1];
    return [0, 1, 2].map((i) => Math.round((a[i] ?? 0) * (1 - part) + (b[i] ?? 0) * part)) as Ink;
  };
  const middle = by.around ? '0' : null;
  return {
    inks: numbers.map((number) => (Number.isFinite(number) ? at((number - low) / (high - low || 1)) : GREY)),
    scale: {
      ...scale,
      colors: [0, 0.25, 0.5, 0.75, 1].map(at),
      numbers: { low: low.toPrecision(3), middle, high: high.toPrecision(3) },
    },
  };
}
