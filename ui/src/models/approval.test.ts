import { expect, test } from 'vitest';
import type { Approval, ApprovalPlan } from '../backend';
import { canWithdraw, formatPolicy, parsePolicy, requestWords, stateWords, stepOf } from './approval';

const approval = (state: Approval['state'], by: string[] = []): Approval => ({
  request: {
    id: 'r',
    by: 'ana',
    atMs: 0,
    expiresAtMs: 1,
    reason: 'better',
    fromVersion: '3',
    rules: '',
    tags: '',
    metrics: [],
    withdrawnAtMs: null,
  },
  votes: by.map((name) => ({ request: 'r', by: name, atMs: 0, approves: true, why: '' })),
  state,
  changed: ['champion was on v3 and is on v9.'],
});
const plan = (of: Approval | null, more: Partial<ApprovalPlan> = {}): ApprovalPlan => ({
  policy: { people: 2, named: [], problem: null },
  approval: of,
  me: 'ben',
  noVote: null,
  ...more,
});

test('the policy is read and written as the tag has it', () => {
  for (const text of ['', '2', '1 of ana, ben']) expect(formatPolicy(parsePolicy(text))).toBe(text);
  expect(formatPolicy({ people: 1, names: ' ana ,, ben ' })).toBe('1 of ana, ben');
  expect(parsePolicy('some')).toEqual({ people: 1, names: '' });
});

test('who has not asked may vote, once, and what is decided is followed or asked anew', () => {
  expect(stepOf(plan(null))).toBe('ask');
  expect(stepOf(plan(approval('pending')))).toBe('vote');
  expect(stepOf(plan(approval('pending', ['ben'])))).toBe('wait');
  expect(stepOf(plan(approval('pending'), { noVote: 'You asked for it yourself.' }))).toBe('wait');
  expect(stepOf(plan(approval('approved', ['ben', 'cleo'])))).toBe('promote');
  for (const state of ['rejected', 'withdrawn', 'expired', 'stale', 'promoted'] as const)
    expect(stepOf(plan(approval(state)))).toBe('ask');
});

test('only who has asked takes a request back, while there is one', () => {
  expect(canWithdraw(plan(approval('pending'), { me: 'ana' }))).toBe(true);
  expect(canWithdraw(plan(approval('pending')))).toBe(false);
  expect(canWithdraw(plan(approval('rejected'), { me: 'ana' }))).toBe(false);
  expect(canWithdraw(plan(null, { me: 'ana' }))).toBe(false);
});

test('the card says how far it is', () => {
  expect(stateWords(plan(null))).toBe('2 others must approve before it moves. Nobody has been asked yet.');
  expect(stateWords(plan(approval('pending', ['ben'])))).toBe('2 others must approve: so far 1 of 2.');
  expect(stateWords(plan(approval('approved', ['ben', 'cleo'])))).toBe('Approved by ben, cleo.');
  expect(stateWords(plan(approval('stale')))).toContain('champion was on v3 and is on v9.');
  const open = { alias: 'a', version: '4', by: 'ana', atMs: 0, reason: '', approvals: 1, needed: 2 };
  expect(requestWords({ ...open, state: 'pending' })).toBe('1 of 2 approved');
});
