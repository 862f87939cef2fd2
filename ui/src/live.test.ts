// What a screen may rely on: old answers stay, questions never overlap, late answers are dropped.
import { describe, expect, it, vi } from 'vitest';
import type { Change } from './backend';
import { Live } from './live.svelte';

const RUNS: Change = { kind: 'runs', profileId: 'p', experimentId: '1' };

function setUp() {
  const open: { resolve: (value: string) => void; reject: (error: unknown) => void }[] = [];
  let hearer: ((change: Change) => void) | undefined;
  const read = () => new Promise<string>((resolve, reject) => open.push({ resolve, reject }));
  const live = new Live(
    read,
    (change) => change.kind === 'runs',
    (hear) => {
      hearer = hear;
      return () => (hearer = undefined);
    },
  );
  return {
    live,
    open,
    read,
    change: (change: Change) => hearer?.(change),
    heard: () => hearer !== undefined,
  };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('Live', () => {
  it('is loading until the first answer, and never again', async () => {
    const { live, open } = setUp();
    expect(live.loading).toBe(true);
    live.start();
    await settled();
    open[0]?.resolve('one');
    await settled();
    expect([live.value, live.loading, live.busy]).toEqual(['one', false, false]);
    void live.refresh();
    expect([live.value, live.loading, live.busy]).toEqual(['one', false, true]);
  });

  it('keeps the last good answer beside an error, and drops the error with the next answer', async () => {
    const { live, open } = setUp();
    live.start();
    await settled();
    open[0]?.resolve('one');
    await settled();
    void live.refresh();
    open[1]?.reject({ code: 'unreachable', message: 'gone' });
    await settled();
    expect([live.value, live.error?.code]).toEqual(['one', 'unreachable']);
    void live.refresh();
    open[2]?.resolve('two');
    await settled();
    expect([live.value, live.error]).toEqual(['two', undefined]);
  });

  it('asks once more, not once per change, while a question is in flight', async () => {
    const { live, open, change } = setUp();
    live.start();
    await settled();
    change(RUNS);
    change(RUNS);
    change(RUNS);
    expect(open.length).toBe(1);
    open[0]?.resolve('one');
    await settled();
    expect(open.length).toBe(2);
    open[1]?.resolve('two');
    await settled();
    expect([live.value, live.busy, open.length]).toEqual(['two', false, 2]);
  });

  it('is deaf to changes that do not concern it, and to all once stopped', async () => {
    const { live, open, change, heard } = setUp();
    const stop = live.start();
    await settled();
    open[0]?.resolve('one');
    await settled();
    change({ kind: 'profiles' });
    expect(open.length).toBe(1);
    stop();
    expect(heard()).toBe(false);
  });

  it('does not show an answer to a question that was replaced', async () => {
    const { live, open, read } = setUp();
    live.start();
    await settled();
    void live.ask(read);
    open[0]?.resolve('to the first question');
    await settled();
    expect(live.value).toBe(undefined);
    open[1]?.resolve('to the second');
    await settled();
    expect(live.value).toBe('to the second');
  });

  it('says what was thrown even if it is no error of ours', async () => {
    const { live, open } = setUp();
    live.start();
    await settled();
    open[0]?.reject(new TypeError('no such command'));
    await settled();
    expect(live.error).toEqual({ code: 'internal', message: 'no such command', part: null });
  });

  it('asks a little later, once, for many changes that need no answer at once', async () => {
    vi.useFakeTimers();
    try {
      const read = vi.fn(async () => 'answer');
      let hear: ((change: Change) => void) | undefined;
      const live = new Live(
        read,
        (change) => (change.kind === 'histories' ? 'later' : change.kind === 'runs'),
        (hearer) => {
          hear = hearer;
          return () => undefined;
        },
      );
      const stop = live.start();
      await vi.advanceTimersByTimeAsync(0);
      expect(read).toHaveBeenCalledTimes(1);
      const histories: Change = { kind: 'histories', profileId: 'p', runIds: ['a'], keys: ['loss'] };
      for (let i = 0; i < 5; i++) hear?.(histories);
      await vi.advanceTimersByTimeAsync(100);
      expect(read).toHaveBeenCalledTimes(1);
      hear?.(RUNS);
      expect(read, 'what needs it at once does not wait').toHaveBeenCalledTimes(2);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(read).toHaveBeenCalledTimes(3);
      hear?.(histories);
      stop();
      await vi.advanceTimersByTimeAsync(1_000);
      expect(read, 'nothing is asked for who has gone').toHaveBeenCalledTimes(3);
    } finally {
      vi.useRealTimers();
    }
  });
});
