// Approval by others, as the card and the editor of gates show it. Pure.
import type { Approval, ApprovalPlan, ApprovalState, OpenRequest } from '../backend';

/** Who has to approve, as the editor has it. Nobody has to where it is zero people. */
export interface EditedPolicy {
  people: number;
  /** Separated by commas; empty: anybody else. */
  names: string;
}

/** Of the model's tag: "2", or "1 of ana, ben". What cannot be read asks for one person, as the app takes it. */
export function parsePolicy(text: string): EditedPolicy {
  if (text.trim() === '') return { people: 0, names: '' };
  const [people = '', ...names] = text.split(' of ');
  const number = Number(people.trim());
  return { people: Number.isInteger(number) && number > 0 ? number : 1, names: names.join(' of ').trim() };
}

export function formatPolicy({ people, names }: EditedPolicy): string {
  const named = names
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
    .join(', ');
  if (people <= 0) return '';
  return named === '' ? String(people) : `${people} of ${named}`;
}

/** What the card's main button does where the model asks for approval. */
export type Step = 'ask' | 'wait' | 'vote' | 'promote';

export function stepOf({ approval, noVote, me }: ApprovalPlan): Step {
  if (!approval || ended(approval.state)) return 'ask';
  if (approval.state === 'approved') return 'promote';
  const voted = approval.votes.some(({ by }) => by === me);
  return noVote === null && !voted ? 'vote' : 'wait';
}

/** Who has asked can take it back. */
export function canWithdraw({ approval, me }: ApprovalPlan): boolean {
  return approval !== null && !ended(approval.state) && approval.request.by === me;
}

function ended(state: ApprovalState): boolean {
  return state !== 'pending' && state !== 'approved';
}

/** What became of a request, in a sentence. */
export function stateWords({ approval, policy }: ApprovalPlan): string {
  if (policy.problem !== null) return `Who has to approve cannot be read: ${policy.problem}.`;
  const asks = needWords(policy.people, policy.named);
  if (!approval) return `${asks} before it moves. Nobody has been asked yet.`;
  const approvals = approval.votes.filter(({ approves }) => approves).length;
  switch (approval.state) {
    case 'pending':
      return `${asks}: so far ${approvals} of ${policy.people}.`;
    case 'approved':
      return `Approved by ${names(approval)}.`;
    case 'rejected':
      return 'The request was rejected. A new one can be made.';
    case 'withdrawn':
      return 'The request was withdrawn.';
    case 'expired':
      return 'The request has waited too long: it has to be made again.';
    case 'stale':
      return `Since the request: ${approval.changed.join(' ')} It has to be made again.`;
    case 'promoted':
      return 'The request was followed.';
  }
}

function names({ votes }: Approval): string {
  return votes.flatMap(({ approves, by }) => (approves ? [by] : [])).join(', ');
}

export function needWords(people: number, named: readonly string[]): string {
  if (named.length > 0) return `${people} of ${named.join(', ')} must approve`;
  return people === 1 ? 'Somebody else must approve' : `${people} others must approve`;
}

/** "0 of 2 approved", or what else became of it. */
export function requestWords({ state, approvals, needed }: OpenRequest): string {
  if (state === 'approved') return 'approved, not moved yet';
  return state === 'stale' ? 'stale: ask again' : `${approvals} of ${needed} approved`;
}
