// The gates of a promotion card: what is not passed, and what to say of it. Pure.
import type { Gate, Verdict } from '../backend';

/** The rules that hold a promotion back until there is a reason. */
export function blocking(gates: Gate[]): string[] {
  return gates.filter(({ verdict }) => verdict !== 'passed').map(({ rule }) => rule);
}

/** "1 failed, 1 unknown, 4 passed". */
export function countsOf(gates: Gate[]): string {
  const count = (verdict: Verdict) => gates.filter((gate) => gate.verdict === verdict).length;
  const counts = (['failed', 'unknown', 'passed'] as const).map((verdict) => ({
    verdict,
    n: count(verdict),
  }));
  return counts
    .filter(({ n }) => n > 0)
    .map(({ verdict, n }) => `${n} ${verdict}`)
    .join(', ');
}
