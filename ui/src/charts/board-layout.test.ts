// How a layout is kept.
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { hideCard, sizeCard } from './board';
import { BoardLayout } from './board-layout.svelte';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function open(kept: string | null) {
  const saved: string[] = [];
  const layout = new BoardLayout('board/p/1', {
    getValue: () => Promise.resolve(kept),
    setValue: async (_key, text) => {
      await Promise.resolve();
      if (text !== null) saved.push(text);
      return null;
    },
  });
  await vi.advanceTimersByTimeAsync(0);
  return { layout, saved };
}

describe('the layout of a board', () => {
  it('is kept a moment after a change and after its undoing, and comes back', async () => {
    const { layout, saved } = await open(null);
    layout.change(sizeCard(layout.current, 'loss', 'wide'));
    layout.change(hideCard(layout.current, 'lr'));
    expect(saved).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(saved).toEqual([JSON.stringify({ sizes: { loss: 'wide' }, hidden: ['lr'] })]);
    layout.undo();
    await vi.advanceTimersByTimeAsync(1000);
    const again = await open(saved.at(-1) ?? null);
    expect(again.layout.current.sizes).toEqual({ loss: 'wide' });
    expect(again.layout.current.hidden).toEqual([]);
    expect(again.layout.canUndo).toBe(false);
    layout.redo();
    expect(layout.current.hidden).toEqual(['lr']);
  });

  it('starts from nothing where what was kept cannot be read', async () => {
    const { layout } = await open('{"sizes":');
    expect(layout.ready).toBe(true);
    expect(layout.current.sizes).toEqual({});
  });
});
