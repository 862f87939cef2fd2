// How long a run took, or has been running: the core's rule, with the clock of this machine.
import type { RunDuration } from '../backend';

const WHY = {
  notStarted: 'It is scheduled and has not started.',
  noStart: 'The server has no start time for this run.',
  noEnd: 'The run ended, but the server has no end time for it.',
  endsBeforeStart: 'The end time of the run lies before its start.',
} as const;

/** Milliseconds; or null, and why the duration is not known. */
export function runDuration(duration: RunDuration, now_ms: number): { ms: number | null; why?: string } {
  if (duration.kind === 'ended') return { ms: duration.durationMs };
  if (duration.kind === 'unknown') return { ms: null, why: WHY[duration.why] };
  const ms = now_ms - duration.sinceMs;
  // Clocks differ a little: a run that begins within the next minute has just begun.
  if (ms < -60_000) return { ms: null, why: 'The run starts later than the clock of this machine.' };
  return { ms: Math.max(0, ms) };
}
