// Between what the app calls columns and cells and what the table draws.
import type { Cell, Column, ColumnInfo, RunRow } from '../backend';
import { fromWire } from '../format/number';
import { runDuration } from '../format/run-duration';
import { timeOrNull } from '../format/time';
import { directionWords } from '../metrics/direction';
import type { CellKind, CellValue, TableColumn } from '../table/table';
import { RUN_NAME, columnId, columnTitle, isNumeric } from '../columns';

const ATTRIBUTE_KINDS: Record<string, CellKind> = {
  run_name: 'name',
  status: 'status',
  start_time: 'time',
  end_time: 'time',
  duration: 'duration',
  run_id: 'mono',
};

const KIND_WORDS: Record<Column['kind'], string> = {
  attribute: '',
  metric: 'metric',
  param: 'param',
  tag: 'tag',
};

/** A column as the table draws it. */
export function tableColumn(column: Column, width_px: number, infos: readonly ColumnInfo[]): TableColumn {
  const kind =
    column.kind === 'attribute'
      ? (ATTRIBUTE_KINDS[column.key] ?? 'text')
      : isNumeric(column, infos)
        ? 'number'
        : 'text';
  const name = column.kind === 'attribute' ? columnTitle(column) : column.key;
  const direction =
    column.kind === 'metric'
      ? infos.find((info) => columnId(info.column) === columnId(column))?.direction
      : undefined;
  return {
    id: columnId(column),
    label: columnTitle(column),
    title:
      `${KIND_WORDS[column.kind]} ${name}`.trim() +
      (direction?.better ? `: ${directionWords(direction)}` : ''),
    kind,
    width_px,
    ...(direction?.better && { better: direction.better }),
    ...(columnId(column) === columnId(RUN_NAME) && { fixed: true }),
  };
}

export function attributeValue(run: RunRow, key: string, now_ms: number): CellValue {
  switch (key) {
    case 'run_name':
      return run.displayName;
    case 'run_id':
      return run.runId;
    case 'status':
      return run.status;
    case 'user_id':
      return run.userId;
    case 'experiment_id':
      return run.experimentId;
    case 'start_time':
      return timeOrNull(run.startTimeMs);
    case 'end_time':
      return timeOrNull(run.endTimeMs);
    case 'duration':
      return runDuration(run.duration, now_ms).ms;
    default:
      return null;
  }
}

/** A cell's number, if it is one: params that look like numbers are text. */
export function numberIn(cell: Cell | null | undefined): number | undefined {
  return cell?.kind === 'number' ? fromWire(cell.value) : undefined;
}

/** Why an attribute has no value, where there is something to say. */
export function whyNone(run: RunRow, key: string, now_ms: number): string | undefined {
  return key === 'duration' ? runDuration(run.duration, now_ms).why : undefined;
}

/** A cell's value; params that are numbers are shown as they were written. */
export function cellValue(cell: Cell | null | undefined): CellValue {
  return numberIn(cell) ?? (cell?.kind === 'text' ? cell.value : cell === undefined ? undefined : null);
}
