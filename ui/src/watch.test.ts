// What the app is told of what the window watches: everything, once per change, the newest last.
import { describe, expect, it } from 'vitest';
import type { Scope } from './backend';
import { isFreshnessOf, WatchList } from './watch.svelte';

const EXPERIMENTS: Scope = { kind: 'experiments' };
const RUN: Scope = { kind: 'run', of: 'r' };
const settled = () => new Promise((resolve) => setTimeout(resolve));

function setUp() {
  const sent: [string, Scope][][] = [];
  const open: { resolve: () => void; reject: (error: unknown) => void }[] = [];
  const list = new WatchList((watched) => {
    sent.push(watched);
    return new Promise<void>((resolve, reject) => open.push({ resolve, reject }));
  });
  return { list, sent, open };
}

describe('WatchList', () => {
  it('tells once of what comes together, and what two watch as one', async () => {
    const { list, sent } = setUp();
    list.add([{ profileId: 'p', scopes: [EXPERIMENTS] }]);
    list.add([{ profileId: 'p', scopes: [RUN, EXPERIMENTS] }]);
    list.add([{ profileId: 'q', scopes: [RUN] }]);
    await settled();
    expect(sent).toEqual([
      [
        ['p', EXPERIMENTS],
        ['p', RUN],
        ['q', RUN],
      ],
    ]);
  });

  it('tells nothing where what goes comes again, and that a last one has gone', async () => {
    const { list, sent, open } = setUp();
    let stop = list.add([{ profileId: 'p', scopes: [RUN] }]);
    const stopTwin = list.add([{ profileId: 'p', scopes: [RUN] }]);
    await settled();
    open[0]?.resolve();
    await settled();
    stop();
    stop = list.add([{ profileId: 'p', scopes: [{ kind: 'run', of: 'r' }] }]);
    stopTwin();
    await settled();
    expect(sent.length).toBe(1);
    stop();
    await settled();
    expect(sent).toEqual([[['p', RUN]], []]);
  });

  it('tells the app of a page that begins, also where it watches nothing', async () => {
    const { list, sent } = setUp();
    list.begin();
    await settled();
    expect(sent).toEqual([[]]);
  });

  it('waits for an answer before it tells more, and tells all again after one that failed', async () => {
    const { list, sent, open } = setUp();
    list.add([{ profileId: 'p', scopes: [RUN] }]);
    await settled();
    const stop = list.add([{ profileId: 'p', scopes: [EXPERIMENTS] }]);
    await settled();
    expect(sent.length).toBe(1);
    open[0]?.resolve();
    await settled();
    expect(sent.length).toBe(2);
    open[1]?.reject(new Error('gone'));
    await settled();
    stop();
    await settled();
    expect(sent[2]).toEqual([['p', RUN]]);
  });

  it('tells nothing of a page that watches nothing', async () => {
    const { list, sent } = setUp();
    list.add([{ profileId: 'p', scopes: [RUN] }])();
    await settled();
    expect(sent).toEqual([]);
  });
});

it('hears only of the freshness of its own', () => {
  const of = (scope: Scope, profileId = 'p') => ({ kind: 'freshness' as const, profileId, scope });
  expect(isFreshnessOf(of({ kind: 'run', of: 'r' }), [{ profileId: 'p', scopes: [EXPERIMENTS, RUN] }])).toBe(
    true,
  );
  expect(isFreshnessOf(of({ kind: 'run', of: 's' }), [{ profileId: 'p', scopes: [EXPERIMENTS, RUN] }])).toBe(
    false,
  );
  expect(isFreshnessOf(of(RUN, 'q'), [{ profileId: 'p', scopes: [RUN] }])).toBe(false);
  expect(
    isFreshnessOf({ kind: 'runs', profileId: 'p', experimentId: '1' }, [{ profileId: 'p', scopes: [RUN] }]),
  ).toBe(false);
});
