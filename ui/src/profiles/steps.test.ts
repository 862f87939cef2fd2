// What a test of a connection comes to, in one line.
import { describe, expect, it } from 'vitest';
import type { Step, StepState } from '../backend';
import { tookWords, resultOf } from './steps';

const step = (state: StepState, name: Step['name'] = 'tcp'): Step => ({
  name,
  subject: 'gpu-box:22',
  state,
  detail: '',
  remedy: null,
  changedHost: null,
  tookMs: 1,
});
const report = (states: StepState[], finished = true) => ({
  steps: states.map((s) => step(s)),
  finished,
  text: '',
});

describe('resultOf', () => {
  it.each([
    [undefined, false, 'busy', 'Beginning …'],
    [report(['passed', 'running'], false), false, 'busy', 'TCP …'],
    [report(['asking'], false), false, 'busy', 'TCP waits for your answer'],
    [report(['passed', 'passed']), false, 'good', 'Everything works'],
    [report(['passed', 'warned']), false, 'warn', 'It works, with a remark'],
    [report(['warned', 'warned']), false, 'warn', 'It works, with 2 remarks'],
    [report(['warned', 'failed', 'skipped']), false, 'bad', 'It fails at: TCP, gpu-box:22'],
    [report(['passed', 'skipped']), true, 'quiet', 'Stopped'],
    [report(['failed', 'skipped']), true, 'bad', 'It fails at: TCP, gpu-box:22'],
  ])('%#', (given, stopped, tone, text) => expect(resultOf(given, stopped)).toEqual({ tone, text }));
});

it('shows as many digits as mean something', () => {
  const took = (tookMs: number | null) => tookWords({ ...step('passed'), tookMs });
  expect([took(null), took(0.31), took(46.4), took(1204), took(12_345)]).toEqual([
    '',
    '0.3 ms',
    '46 ms',
    '1,204 ms',
    '12.3 s',
  ]);
});
