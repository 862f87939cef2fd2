// @vitest-environment happy-dom
// The field colours by what the core says of its text, and shows no answer to a text that is no longer there.
import { flushSync, mount, tick, unmount } from 'svelte';
import { afterEach, expect, it } from 'vitest';
import FilterField from './FilterField.svelte';
import type { FilterToken } from './filter-pieces';

let field: object | undefined;
const asked: { text: string; answer: (tokens: FilterToken[]) => void }[] = [];
const read = (text: string) =>
  new Promise<{ tokens: FilterToken[] }>((resolve) =>
    asked.push({ text, answer: (tokens) => resolve({ tokens }) }),
  );

/** Answers the question about `text`. */
async function answer(text: string, ...tokens: [FilterToken['kind'], number, number][]) {
  const question = asked.find((each) => each.text === text);
  question?.answer(tokens.map(([kind, start, end]) => ({ kind, start, end })));
  await tick();
  await tick();
  flushSync();
}

function type(text: string) {
  const input = document.querySelector('input') as HTMLInputElement;
  input.value = text;
  input.dispatchEvent(new Event('input', { bubbles: true }));
  flushSync();
}

const shown = () =>
  [...document.querySelectorAll('.paint > span')].map((span) => `${span.classList[0]}:${span.textContent}`);

afterEach(async () => {
  asked.length = 0;
  if (field) await unmount(field);
  field = undefined;
});

it('keeps the last colours until the answer is there, and drops late ones', async () => {
  field = mount(FilterField, { target: document.body, props: { value: 'acc > 0', read } });
  flushSync();
  expect(shown()).toEqual(['plain:acc > 0']);
  await answer('acc > 0', ['name', 0, 3], ['sign', 4, 5], ['number', 6, 7]);
  const colours = ['name:acc', 'plain: ', 'sign:>', 'plain: ', 'number:0'];
  expect(shown()).toEqual(colours);

  type('acc > 0.');
  type('acc > 0.9');
  expect(shown()).toEqual([...colours.slice(0, 4), 'number:0.9']);
  await answer('acc > 0.', ['string', 0, 8]);
  expect(shown()).toEqual([...colours.slice(0, 4), 'number:0.9']);
  await answer('acc > 0.9', ['keyword', 0, 3], ['sign', 4, 5], ['number', 6, 9]);
  expect(shown()).toEqual(['keyword:acc', ...colours.slice(1, 4), 'number:0.9']);
  expect(asked.map(({ text }) => text)).toEqual(['acc > 0', 'acc > 0.', 'acc > 0.9']);
});

it('shows the text without colours where nothing reads it', () => {
  field = mount(FilterField, { target: document.body, props: { value: 'acc > 0' } });
  flushSync();
  expect(shown()).toEqual(['plain:acc > 0']);
});
