// Rows as text that spreadsheets take: one line per row, tabs between cells, every digit of a number.
import { formatTime } from '../format/time';
import type { CellValue, TableColumn } from '../table/table';

function plain(value: CellValue, { kind }: TableColumn): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' && kind === 'time') return formatTime(value);
  // A tab or a line break inside a cell would become another cell.
  return String(value).replace(/[\t\r\n]+/g, ' ');
}

export function clipboardText<R>(
  columns: readonly TableColumn[],
  rows: readonly R[],
  value: (row: R, column: TableColumn) => CellValue,
): string {
  const lines = rows.map((row) => columns.map((column) => plain(value(row, column), column)).join('\t'));
  return [columns.map((column) => column.label).join('\t'), ...lines].join('\n');
}
