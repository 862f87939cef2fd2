// The table of a chart's values as it is shown and copied. Pure.
import type { Cell, ChartTable } from '../backend';
import { exactNumber, fromWire } from '../format/number';
import { formatTime } from '../format/time';
import type { CellValue, TableColumn } from '../table/table';

const WIDTHS_PX = { text: 190, number: 160, time: 190, duration: 130 };

export function shownColumns(columns: ChartTable['columns']): TableColumn[] {
  return columns.map(({ name, kind }, at) => ({
    id: String(at),
    label: name,
    kind: kind === 'text' ? (name === 'run_id' ? 'mono' : 'text') : kind === 'time' ? 'text' : 'number',
    width_px: name === 'run_id' ? 120 : WIDTHS_PX[kind],
  }));
}

/** As it stands in the table: every digit; a moment in local time, to the millisecond. */
export function shownValue(
  cell: Cell | null | undefined,
  kind: ChartTable['columns'][number]['kind'],
): CellValue {
  if (!cell) return null;
  if (cell.kind === 'text') return cell.value;
  const value = fromWire(cell.value);
  return kind === 'time' && Number.isFinite(value) ? momentWords(value) : value;
}

function momentWords(time_ms: number): string {
  const rest = ((Math.round(time_ms) % 1000) + 1000) % 1000;
  return `${formatTime(time_ms)}.${String(rest).padStart(3, '0')}`;
}

/** As spreadsheets take it: every digit, what is missing empty. */
export function tableTsv({ columns, rows }: Pick<ChartTable, 'columns' | 'rows'>): string {
  const line = (cells: readonly string[]) => cells.map((cell) => cell.replace(/[\t\r\n]+/g, ' ')).join('\t');
  const written = (cell: Cell | null) =>
    cell === null ? '' : cell.kind === 'text' ? cell.value : exactNumber(fromWire(cell.value));
  return [line(columns.map(({ name }) => name)), ...rows.map((row) => line(row.map(written)))].join('\n');
}
