// @vitest-environment happy-dom
// The user cannot trust a key by accident, can always say no with one key, and what was typed goes only into the answer.
import { flushSync, mount, tick, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Answer, Question } from '../backend';
import { QUESTIONS } from '../backend/fake-connections';
import QuestionDialog from './QuestionDialog.svelte';

let dialog: object | undefined;
const find = (id: string) => document.querySelector<HTMLElement>(`[data-testid="${id}"]`);
const field = (i: number) => find(`question-value-${i}`) as HTMLInputElement;

async function show(kind: Question['kind'], change: object = {}) {
  const question = { ...QUESTIONS.find((each) => each.kind === kind), ...change } as Question;
  const answers: (Answer | null)[] = [];
  const onanswer = vi.fn(async (answer: Answer | null) => void answers.push(answer));
  dialog = mount(QuestionDialog, {
    target: document.body,
    props: { pending: { id: 1, profileName: 'vision-team', question }, onanswer },
  });
  await tick();
  // The dialog takes the focus a moment after it was drawn.
  await vi.advanceTimersByTimeAsync(50);
  flushSync();
  return answers;
}

function type(i: number, text: string) {
  field(i).value = text;
  field(i).dispatchEvent(new Event('input', { bubbles: true }));
  flushSync();
}

async function press(key: string, target: Element = document.activeElement ?? document.body, repeat = false) {
  target.dispatchEvent(new KeyboardEvent('keydown', { key, repeat, bubbles: true, cancelable: true }));
  await vi.advanceTimersByTimeAsync(1);
}

beforeEach(() => vi.useFakeTimers());
afterEach(async () => {
  if (dialog) await unmount(dialog);
  dialog = undefined;
  vi.useRealTimers();
  document.body.innerHTML = '';
});

it.each(['hostKey', 'certificate', 'command'] as const)('begins with no button focused: %s', async (kind) => {
  await show(kind);
  expect(document.activeElement?.tagName).not.toBe('BUTTON');
  expect(find('question-dialog')?.contains(find('question-yes'))).toBe(true);
});

it('shows the whole fingerprint of a host, its picture and its other names', async () => {
  await show('hostKey', { note: 'StrictHostKeyChecking is on.' });
  expect(find('question-fingerprint')?.textContent).toBe(
    'SHA256:u7Yq0cF6k2xJ1n8bqv1l3oQmB0Hn7kqgV6yB2cF8s4E',
  );
  const words = find('question-dialog')?.textContent ?? '';
  for (const part of [
    'vision-team',
    '+--[ED25519 256]--+',
    '10.0.0.7 (~/.ssh/known_hosts:9)',
    'StrictHostKeyChecking',
  ]) {
    expect(words).toContain(part);
  }
});

it('answers yes with nothing and no with null', async () => {
  const yes = await show('hostKey');
  find('question-yes')?.click();
  await vi.advanceTimersByTimeAsync(1);
  expect(yes).toEqual([{ values: [], keep: 'never' }]);
  await unmount(dialog as object);
  const no = await show('hostKey');
  find('question-no')?.click();
  await vi.advanceTimersByTimeAsync(1);
  expect(no).toEqual([null]);
});

it('takes Escape for a no, once it can have been read', async () => {
  const answers = await show('hostKey');
  await press('Escape');
  expect(answers).toEqual([]);
  await vi.advanceTimersByTimeAsync(400);
  await press('Escape', document.activeElement ?? document.body, true);
  expect(answers).toEqual([]);
  await press('Escape');
  expect(answers).toEqual([null]);
});

it('sends a secret once, with the way it is kept, and forgets it', async () => {
  const answers = await show('secret', { again: true, keeps: ['session', 'never'] });
  expect(find('question-again')?.textContent).toContain('That one was refused');
  expect((find('question-yes') as HTMLButtonElement).disabled).toBe(true);
  expect([field(0).type, field(0).autocomplete, field(0).getAttribute('spellcheck')]).toEqual([
    'password',
    'off',
    'false',
  ]);
  type(0, 'hunter2');
  find('question-keep-never')?.click();
  flushSync();
  await vi.advanceTimersByTimeAsync(400);
  await press('Enter', field(0));
  await press('Enter', field(0));
  expect(answers).toEqual([{ values: ['hunter2'], keep: 'never' }]);
  flushSync();
  expect(field(0).value).toBe('');
  expect(document.body.innerHTML).not.toContain('hunter2');
});

it('shows the words of the server as they are, and hides only what it wants hidden', async () => {
  const answers = await show('prompts', { instruction: '<b>line 1</b>\nline 2' });
  expect(find('question-dialog')?.textContent).toContain('<b>line 1</b>\nline 2');
  expect(find('question-dialog')?.textContent).toContain('Asked by the server');
  expect([field(0).type, field(1).type]).toEqual(['password', 'text']);
  type(0, '123456');
  find('question-yes')?.click();
  await vi.advanceTimersByTimeAsync(1);
  expect(answers).toEqual([{ values: ['123456', ''], keep: 'never' }]);
});

it('shows a command whole and where it comes from', async () => {
  await show('command');
  const words = find('question-dialog')?.textContent ?? '';
  expect(words).toContain('/usr/local/bin/cloudflared access ssh --hostname gpu-box.corp');
  expect(words).toContain('~/.ssh/config:14');
});
