// @vitest-environment happy-dom
// What a press on a row selects, and what drawing over checkboxes does.
import { expect, it } from 'vitest';
import { RowPicker } from './pick-rows';
import { Selection } from './selection.svelte';

interface Run {
  id: string;
}
const runs: Run[] = Array.from({ length: 20 }, (_, i) => ({ id: `r${i}` }));
const at = (i: number): Run => runs[i] ?? { id: 'none' };

function start() {
  const selection = new Selection<Run>((run) => run.id);
  const rows = new RowPicker<Run>({
    selection,
    rowId: (run) => run.id,
    // The one at 7 is on its way.
    rowAt: (i) => (i === 7 ? undefined : runs[i]),
    between: async (first, last) => runs.slice(first, last + 1),
    rowUnder: (y) => Math.floor(y / 10),
  });
  const press = (i: number, keys: PointerEventInit = {}) =>
    rows.press(new PointerEvent('pointerdown', keys), at(i), i);
  const release = (i: number, keys: MouseEventInit = {}) =>
    rows.release(new MouseEvent('click', keys), at(i), i);
  return { selection, rows, press, release };
}

it('a press selects one, with Ctrl one more, with Shift all up to it', async () => {
  const { selection, press } = start();
  press(3);
  press(5, { ctrlKey: true });
  expect(selection.ids).toEqual(['r3', 'r5']);
  press(2);
  press(4, { shiftKey: true });
  await new Promise((done) => setTimeout(done));
  expect(selection.ids).toEqual(['r2', 'r3', 'r4']);
});

it('a press on one of several waits for its release: they may be carried', () => {
  const { selection, press, release } = start();
  press(3);
  press(5, { metaKey: true });
  release(5, { metaKey: true });
  press(3);
  expect(selection.ids).toEqual(['r3', 'r5']);
  release(3);
  expect(selection.ids).toEqual(['r3']);
});

it('drawing gives every row it passes the state of the first, those that are here', () => {
  const { selection, rows } = start();
  const draw = (from: number, to: number) => {
    rows.paint(new PointerEvent('pointerdown', { clientY: from * 10 }), at(from), from);
    dispatchEvent(new PointerEvent('pointermove', { clientY: to * 10 }));
    dispatchEvent(new PointerEvent('pointerup'));
  };
  draw(5, 9);
  expect(selection.ids).toEqual(['r5', 'r6', 'r8', 'r9']);
  draw(6, 8);
  expect(selection.ids).toEqual(['r5', 'r9']);
});
