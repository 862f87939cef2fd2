// The gates of a promotion card: what is not passed, and what to say of it. Pure.
import type { Gate, MetricColumn, TriedRule, Verdict } from '../backend';
import { formatCount } from '../format/number';

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

/** What became of each field: the rules come without empty lines, and those of an earlier text say nothing. */
export function triedOf(fields: readonly string[], tried: readonly TriedRule[]): (TriedRule | undefined)[] {
  let next = 0;
  return fields.map((field) => {
    const text = field.trim();
    const rule = text === '' ? undefined : tried[next++];
    if (rule?.text !== text) return undefined;
    const indent = field.length - field.trimStart().length;
    if (!rule.error || indent === 0) return rule;
    const { start, end } = rule.error;
    return { ...rule, error: { ...rule.error, start: start + indent, end: end + indent } };
  });
}

/** "3 pass · 1 fails · 2 unknown". */
export function countWords({ passed, failed, unknown }: TriedRule): string {
  return [
    ...(passed > 0 ? [`${formatCount(passed)} ${passed === 1 ? 'passes' : 'pass'}`] : []),
    ...(failed > 0 ? [`${formatCount(failed)} ${failed === 1 ? 'fails' : 'fail'}`] : []),
    ...(unknown > 0 ? [`${formatCount(unknown)} unknown`] : []),
  ].join(' · ');
}

/** Rules that suit a model with these metrics: not worse than the champion, and what teams ask for besides. */
export function suggestedRules(columns: readonly MetricColumn[]): string[] {
  const keys = new Set<string>();
  const ofMetrics = columns.flatMap(({ name, direction }) => {
    if (keys.has(name.key) || direction.better === null) return [];
    keys.add(name.key);
    const key = /^[\w/.-]+$/.test(name.key) ? name.key : `metrics.\`${name.key}\``;
    return [direction.better === 'higher' ? `${key} >= champion` : `${key} <= champion * 1.1`];
  });
  return [...ofMetrics, "tag.validation_status = 'approved'", 'dataset.digest = champion'];
}
