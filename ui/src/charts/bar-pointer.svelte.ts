// Which bar of a chart is meant, by pointer or by key.
import type { BarLayout } from '../backend';
import { rowAt, rowByKey } from './bars';

type Of<E extends Event> = E & { currentTarget: HTMLElement };

export class BarPointer {
  /** The bar, by its row. */
  at: number | undefined = $state();
  /** Where its tip stands in the window. */
  tip_px: { x: number; y: number } | undefined = $state.raw();

  constructor(private layout: () => Pick<BarLayout, 'rows' | 'plot'> | undefined) {}

  readonly move = (event: Of<PointerEvent>): void => {
    const { top } = event.currentTarget.getBoundingClientRect();
    this.at = rowAt(this.layout()?.rows ?? [], event.clientY - top);
    this.tip_px = { x: event.clientX, y: event.clientY };
  };

  readonly leave = (): void => {
    this.at = undefined;
    this.tip_px = undefined;
  };

  /** Whether the key was one of those that walk the bars, or leave them. */
  key(event: Of<KeyboardEvent>): boolean {
    const { rows = [], plot } = this.layout() ?? {};
    const to = rowByKey(event.key, this.at, rows.length);
    if (to !== undefined) {
      const { left, top } = event.currentTarget.getBoundingClientRect();
      const row = rows[to];
      this.at = to;
      this.tip_px = row && { x: left + (plot?.x ?? 0), y: top + row.y + row.height };
    } else if (event.key === 'Escape' && this.at !== undefined) this.leave();
    else return false;
    return true;
  }
}
