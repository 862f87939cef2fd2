// Questions in words; decisions carry no value and secrets exactly one.
import { describe, expect, it } from 'vitest';
import type { Question } from '../backend';
import { QUESTIONS } from '../backend/fake-connections';
import { day, isDecision, keepChoices, questionWords, valuesOf } from './question';

const of = (kind: Question['kind']) => QUESTIONS.find((question) => question.kind === kind) as Question;

describe('questionWords', () => {
  it.each([
    ['hostKey', 'Trust this host', 'Do not connect'],
    ['certificate', 'Trust this certificate', 'Do not connect'],
    ['command', 'Run it', 'Do not run it'],
    ['secret', 'Continue', 'Cancel'],
    ['prompts', 'Answer', 'Cancel'],
  ] as const)('%s', (kind, yes, no) => expect(questionWords(of(kind))).toMatchObject({ yes, no }));
});

it('counts the values of an answer', () => {
  expect(['hostKey', 'certificate', 'command'].map((kind) => valuesOf(of(kind as Question['kind'])))).toEqual(
    [0, 0, 0],
  );
  expect([valuesOf(of('secret')), valuesOf(of('prompts'))]).toEqual([1, 2]);
  expect([isDecision(of('hostKey')), isDecision(of('secret'))]).toEqual([true, false]);
});

it('offers the ways to keep an answer in the order of the app', () => {
  expect(keepChoices(['session', 'never']).map(({ value }) => value)).toEqual(['session', 'never']);
});

it('shows dates as days and other words as they are', () => {
  expect(day('2026-01-02T10:00:00Z')).toBe('2026-01-02');
  expect(day('never')).toBe('never');
});
