// What a contour shows, as it is kept in a layout, and what it says of its surface.
import type { Column, ColumnInfo, RunContourLayout, SurfaceVerdict, ValueAxis } from '../backend';
import { isNumeric } from '../columns';
import { formatCount, formatNumber } from '../format/number';
import { asRecord } from '../saved';
import { laneWords } from './marks';
import { DURATION, STARTED, axisName, parseValueAxis, tellingMetric, tellingParams } from './value-axis';

export interface ContourSpec {
  x: ValueAxis;
  y: ValueAxis;
  /** What the surface is of. */
  value: ValueAxis;
}

/** The two most telling params that are numbers, and the metric that decides. */
export function startContour(
  columns: readonly ColumnInfo[],
  varies: (column: Column) => boolean = () => true,
): ContourSpec {
  const isNumber = (column: Column) => isNumeric(column, columns) && varies(column);
  const [x = STARTED, y = DURATION] = tellingParams(columns, 2, isNumber);
  return { x, y, value: tellingMetric(columns) ?? DURATION };
}

/** What of a saved one is valid; the rest is as in `start`. */
export function parseContourSpec(value: unknown, start: ContourSpec): ContourSpec {
  const saved = asRecord(value);
  return {
    x: parseValueAxis(saved['x']) ?? start.x,
    y: parseValueAxis(saved['y']) ?? start.y,
    value: parseValueAxis(saved['value']) ?? start.value,
  };
}

export function contourTitle({ x, y, value }: ContourSpec): string {
  return `Contour: ${axisName(value)} over ${axisName(x)} × ${axisName(y)}`;
}

/** How the surface was made and what it is worth, or why there is none. */
export function surfaceWords(verdict: SurfaceVerdict): string[] {
  switch (verdict.kind) {
    case 'words':
      return ['no surface: words have no distances'];
    case 'tooFewPlaces':
      return [`no surface: ${formatCount(verdict.places)} of the ${verdict.needed} places that it takes`];
    case 'fitted': {
      const how = `mean of ${formatCount(verdict.runs)} runs by distance (Gaussian, ${percent(verdict.width)} of an axis)`;
      return [worthWords(verdict.explained), how];
    }
  }
}

function worthWords(explained: number | null): string {
  if (explained === null) return 'the same everywhere';
  return explained <= 0 ? 'tells no more than one mean' : `explains ${percent(explained)}`;
}

const percent = (share: number) => `${Math.round(share * 100)} %`;

/** What a card says beside its title. */
export function contourWords({
  verdict,
  x,
  y,
  value,
}: Pick<RunContourLayout, 'verdict' | 'x' | 'y' | 'value'>): string[] {
  return [...surfaceWords(verdict), ...[x, y, value].flatMap(laneWords)];
}

type Surface = Pick<RunContourLayout, 'plot' | 'columns' | 'rows' | 'heights'>;

/** The height of the surface at a place of the picture, in CSS pixels; undefined where there is none. */
export function heightAt(
  { plot, columns, rows, heights }: Surface,
  place: { x: number; y: number },
): number | undefined {
  const [x, y] = [(place.x - plot.x) / plot.width, (place.y - plot.y) / plot.height];
  if (columns < 2 || rows < 2 || x < 0 || x > 1 || y < 0 || y > 1) return undefined;
  const [across, down] = [x * (columns - 1), y * (rows - 1)];
  const [column, row] = [Math.min(columns - 2, Math.floor(across)), Math.min(rows - 2, Math.floor(down))];
  const at = (right: number, below: number) => heights[(row + below) * columns + column + right] ?? undefined;
  const corners = [at(0, 0), at(1, 0), at(0, 1), at(1, 1)];
  if (corners.includes(undefined)) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = corners;
  const [right, below] = [across - column, down - row];
  return (a * (1 - right) + b * right) * (1 - below) + (c * (1 - right) + d * right) * below;
}

/** "about 0.83": no run has said it. */
export const heightWords = (height: number): string => `about ${formatNumber(height)}`;
