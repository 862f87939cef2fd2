import { expect, it, vi } from 'vitest';
import type { CurveChart, CurveProbe, RunRef } from '../backend';
import { Glances } from './glances';

const RUN: RunRef = { profileId: 'p', runId: 'a' };
const chart = (key: string) => ({ key, runs: [{ ...RUN, dash: 0 }] }) as unknown as CurveChart;
const probe = (x: number): CurveProbe => ({ ...RUN, x, value: 1, smoothed: 1 });

it('what is asked in one moment is one question, and each gets its own answer', async () => {
  const glance = vi.fn(async (_: RunRef, charts: CurveChart[], x: number) =>
    charts.map(({ key }) => (key === 'none' ? null : probe(x + key.length))),
  );
  const glances = new Glances({ glance });
  const asked = ['loss', 'none', 'accuracy'].map((key) => glances.ask(RUN, chart(key), 5));
  const elsewhere = glances.ask(RUN, chart('loss'), 7);
  expect(await Promise.all(asked)).toEqual([probe(9), null, probe(13)]);
  expect(await elsewhere).toEqual(probe(11));
  expect(glance.mock.calls.map(([, charts, x]) => [charts.map(({ key }) => key), x])).toEqual([
    [['loss', 'none', 'accuracy'], 5],
    [['loss'], 7],
  ]);
  expect(glance.mock.calls[0]?.[1].every(({ runs }) => runs.length === 0)).toBe(true);
});

it('a failure reaches all, and the next question is asked', async () => {
  const glance = vi
    .fn()
    .mockRejectedValueOnce(new Error('gone'))
    .mockResolvedValueOnce([probe(1)]);
  const glances = new Glances({ glance });
  const asked = ['a', 'b'].map((key) => glances.ask(RUN, chart(key), 5));
  expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await glances.ask(RUN, chart('a'), 5)).toEqual(probe(1));
});
