// Gates of the fake registry: rules of one comparison, which is all that its models have.
import type { Gate, GateTrial, GateValue, RegisteredModel, Verdict, VersionRow } from './bindings';

const RULE =
  /^(tag\.)?`?([\w/.-]+)`?\s*(>=|<=|=|>|<)\s*(?:(champion)(?:\s*\*\s*([\d.]+))?|'([^']*)'|([\d.]+))$/;

interface Rows {
  keys: readonly string[];
  from: VersionRow | undefined;
  to: VersionRow;
}

export function rulesOf(model: RegisteredModel, alias: string): string[] {
  const text = model.tags.find(({ key }) => key === `podium.gates.${alias}`)?.value ?? '';
  return text.split('\n').flatMap((rule) => (rule.trim() === '' ? [] : [rule.trim()]));
}

/** Undefined where it cannot be read. */
function ask(rule: string, { keys, from, to }: Rows): Gate | undefined {
  const parts = RULE.exec(rule);
  if (!parts) return undefined;
  const [, isTag, key = '', sign = '', champion, factor, text, number] = parts;
  const of = (row: VersionRow | undefined) => {
    if (isTag) return row?.version.tags.find((tag) => tag.key === key)?.value;
    const cell = row?.cells[keys.indexOf(key)];
    return cell ? Number(cell.value) : undefined;
  };
  const value = (found: string | number | undefined): GateValue | null => {
    if (found === undefined) return null;
    return typeof found === 'number' ? { kind: 'number', value: found } : { kind: 'text', text: found };
  };
  const [was, is] = [of(from), of(to)];
  const limit = text ?? (champion ? was : Number(number));
  const wanted = typeof limit === 'number' ? limit * Number(factor ?? 1) : limit;
  const gate = (verdict: Verdict, why: string): Gate => ({
    rule,
    verdict,
    from: value(was),
    to: value(is),
    why,
  });
  const name = isTag ? `the tag ${key} is not set on v${to.version.version}` : `no metric ${key}`;
  if (is === undefined) return gate('unknown', name);
  if (wanted === undefined) return gate('unknown', 'nothing to compare with');
  const holds = {
    '>=': is >= wanted,
    '<=': is <= wanted,
    '=': is === wanted,
    '>': is > wanted,
    '<': is < wanted,
  };
  const passed = holds[sign as keyof typeof holds];
  return gate(passed ? 'passed' : 'failed', `${is} ${passed ? 'is' : 'is not'} ${sign} ${wanted}`);
}

const unread = (rule: string): Gate => ({
  rule,
  verdict: 'unknown',
  from: null,
  to: null,
  why: 'The rule cannot be read.',
});
const RANK = { failed: 0, unknown: 1, passed: 2 };

export function gatesOf(model: RegisteredModel, alias: string, rows: Rows): Gate[] {
  const gates = rulesOf(model, alias).map((rule) => ask(rule, rows) ?? unread(rule));
  return gates.sort((a, b) => RANK[a.verdict] - RANK[b.verdict]);
}

export function tryRules(
  text: string,
  keys: readonly string[],
  holder: VersionRow | undefined,
  versions: readonly VersionRow[],
): GateTrial {
  const rules = text.split('\n').flatMap((rule) => (rule.trim() === '' ? [] : [rule.trim()]));
  const asked = versions.map((to) =>
    rules.map((rule) => ask(rule, { keys, from: holder, to }) ?? unread(rule)),
  );
  const all = (gates: Gate[]): Verdict =>
    (['failed', 'unknown'] as const).find((verdict) => gates.some((gate) => gate.verdict === verdict)) ??
    'passed';
  const count = (at: number, verdict: Verdict) =>
    asked.filter((gates) => gates[at]?.verdict === verdict).length;
  return {
    rules: rules.map((rule, at) => ({
      text: rule,
      error: RULE.test(rule)
        ? null
        : {
            code: 'unexpected',
            message: 'Expected an operator such as >=',
            start: rule.length,
            end: rule.length,
          },
      passed: count(at, 'passed'),
      failed: count(at, 'failed'),
      unknown: count(at, 'unknown'),
    })),
    holder: holder?.version.version ?? null,
    versions: versions.length,
    passed: asked.filter((gates) => all(gates) === 'passed').length,
    newest: versions.map((row, at) => ({
      version: row.version.version,
      verdict: all(asked[at] ?? []),
      verdicts: (asked[at] ?? []).map(({ verdict }) => verdict),
      why: (asked[at] ?? []).map(({ why }) => why),
    })),
  };
}
