// Approval in the fake registry: the user is mika, and nobody else answers.
import type { Approval, ApprovalPlan, Decision, OpenRequest, Policy, RegisteredModel } from './bindings';

const ME = 'mika';
const DAY_MS = 86_400_000;
const requests = new Map<string, Approval>();
const keyOf = (model: string, alias: string, version: string) => JSON.stringify([model, alias, version]);

requests.set(keyOf('resnet50', 'challenger', '2'), {
  request: requestOf('jonas', 'f1_macro is the best of all, and latency is what we agreed on', '4'),
  votes: [],
  state: 'pending',
  changed: [],
});

function requestOf(by: string, reason: string, fromVersion: string | null): Approval['request'] {
  const atMs = Date.now() - 40 * 60_000;
  return {
    id: `${by}-${reason}`,
    by,
    atMs,
    expiresAtMs: atMs + 7 * DAY_MS,
    reason,
    fromVersion,
    rules: '',
    tags: '',
    metrics: [],
    withdrawnAtMs: null,
  };
}

export function policyText(model: RegisteredModel, alias: string): string {
  return model.tags.find(({ key }) => key === `podium.approval.${alias}`)?.value ?? '';
}

function policyOf(model: RegisteredModel, alias: string): Policy | undefined {
  const [people = '', names = ''] = policyText(model, alias).split(' of ');
  if (people === '') return undefined;
  const named = names.split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
  return { people: Number(people), named, problem: null };
}

export function approvalPlan(model: RegisteredModel, alias: string, version: string): ApprovalPlan | null {
  const policy = policyOf(model, alias);
  if (!policy) return null;
  const approval = requests.get(keyOf(model.name, alias, version)) ?? null;
  const noVote =
    approval?.request.by === ME ? 'You asked for it yourself: somebody else has to approve.' : null;
  return { policy, approval: structuredClone(approval), me: ME, noVote };
}

export function openRequests(model: RegisteredModel): OpenRequest[] {
  return [...requests].flatMap(([key, { request, votes, state }]) => {
    const [name, alias = '', version = ''] = JSON.parse(key) as string[];
    const policy = policyOf(model, alias);
    if (name !== model.name || !policy || (state !== 'pending' && state !== 'approved')) return [];
    const approvals = votes.filter(({ approves }) => approves).length;
    const { by, atMs, reason } = request;
    return [{ alias, version, by, atMs, reason, approvals, needed: policy.people, state }];
  });
}

export function ask(model: string, alias: string, version: string, from: string | null, reason: string) {
  const request = { ...requestOf(ME, reason, from), atMs: Date.now() };
  requests.set(keyOf(model, alias, version), { request, votes: [], state: 'pending', changed: [] });
}

export function answer(model: RegisteredModel, alias: string, version: string, decision: Decision) {
  const approval = requests.get(keyOf(model.name, alias, version));
  if (!approval) return;
  if (decision.kind === 'withdraw') {
    approval.state = 'withdrawn';
    return;
  }
  const approves = decision.kind === 'approve';
  approval.votes.push({
    request: approval.request.id,
    by: ME,
    atMs: Date.now(),
    approves,
    why: decision.why,
  });
  const approvals = approval.votes.filter((vote) => vote.approves).length;
  if (!approves) approval.state = 'rejected';
  else if (approvals >= (policyOf(model, alias)?.people ?? 1)) approval.state = 'approved';
}
