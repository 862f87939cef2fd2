import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AskEach } from './ask-each.svelte';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const runs = ['a', 'b', 'c', 'd', 'e'].map((runId) => ({ profileId: 'p', runId }));
const settle = () => vi.advanceTimersByTimeAsync(1000);

test('never more than a few are asked at once, and each only once', async () => {
  const open: (() => void)[] = [];
  const read = vi.fn(
    ({ runId }: { runId: string }) => new Promise<string>((done) => open.push(() => done(runId))),
  );
  const ask = new AskEach(read, 2);
  ask.want(runs);
  ask.want(runs.slice(0, 3));
  expect(read).toHaveBeenCalledTimes(2);
  open[0]?.();
  await settle();
  expect(read).toHaveBeenCalledTimes(3);
  expect([...ask.answers.values()]).toEqual([{ value: 'a' }]);
  for (let i = 1; i < 5; i++) {
    open[i]?.();
    await settle();
  }
  expect(ask.answers.size).toBe(5);
  expect(read).toHaveBeenCalledTimes(5);
});

test('what fails is the answer of that run alone, and can be asked again', async () => {
  let works = false;
  const ask = new AskEach(({ runId }: { runId: string }) =>
    runId === 'b' && !works ? Promise.reject(new Error('no way there')) : Promise.resolve(runId),
  );
  ask.want(runs);
  await settle();
  expect(ask.answers.get('p/b') ?? [...ask.answers.values()][1]).toMatchObject({
    error: { code: 'internal' },
  });
  expect([...ask.answers.values()].filter((answer) => 'value' in answer)).toHaveLength(4);
  works = true;
  ask.again(runs);
  expect(ask.answers.size).toBe(5);
  await settle();
  expect([...ask.answers.values()].every((answer) => 'value' in answer)).toBe(true);
});
