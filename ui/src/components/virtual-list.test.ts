// @vitest-environment happy-dom
// A long list in a page that scrolls: what is drawn, what scrolling costs, and where the keyboard stays.
import { createRawSnippet, flushSync, getAllContexts, mount, tick, unmount } from 'svelte';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import KeyValue from './KeyValue.svelte';
import Overlays from '../shell/Overlays.svelte';

const ROW_PX = 28;
const rows = Array.from({ length: 500 }, (_, i) => ({ key: `param ${i}`, value: String(i) }));
let page: object;
let scroller: HTMLElement;
let measured = 0;
let atFirst = 0;

const frame = () => new Promise((done) => requestAnimationFrame(done));

const drawn = () =>
  [...document.querySelectorAll('tr[aria-rowindex]')].map((row) => row.getAttribute('aria-rowindex'));
const copy = (i: number) => document.querySelector<HTMLElement>(`button[aria-label="Copy param ${i}"]`);

async function scrollTo(top_px: number) {
  scroller.scrollTop = top_px;
  scroller.dispatchEvent(new Event('scroll'));
  flushSync();
  await tick();
}

beforeEach(async () => {
  // There is no layout here: every row is as high as in the window, and the body of the table moves with its page.
  vi.spyOn(HTMLElement.prototype, 'offsetHeight', 'get').mockImplementation(() => {
    measured += 1;
    return ROW_PX;
  });
  vi.spyOn(HTMLElement.prototype, 'getBoundingClientRect').mockImplementation(function (this: HTMLElement) {
    return new DOMRect(0, this.tagName === 'TBODY' ? -scroller.scrollTop : 0, 400, 0);
  });
  const children = createRawSnippet(() => ({
    render: () => '<main style="overflow-y: auto"></main>',
    setup: (target) => {
      scroller = target as HTMLElement;
      const inner = mount(KeyValue, { target, props: { label: 'Params', rows }, context: getAllContexts() });
      return () => void unmount(inner);
    },
  }));
  page = mount(Overlays, { target: document.body, props: { children } });
  await tick();
  atFirst = drawn().length;
  await frame();
  await frame();
  flushSync();
  await tick();
});
afterEach(async () => {
  await unmount(page);
  vi.restoreAllMocks();
});

it('draws the beginning first', () => {
  expect(atFirst).toBeGreaterThan(5);
  expect(atFirst).toBeLessThan(20);
});

it('draws what is on screen and a little around it', async () => {
  expect(drawn().length).toBeGreaterThan(20);
  expect(drawn().length).toBeLessThan(60);
  await scrollTo(300 * ROW_PX);
  expect(drawn()).toContain('301');
  expect(drawn()).not.toContain('1');
});

it('measures each item once, however often the page scrolls', async () => {
  const [first] = drawn();
  measured = 0;
  for (let y = 1; y < 20; y++) await scrollTo(y);
  expect(drawn()[0]).toBe(first);
  expect(measured).toBe(0);
});

it('has the focus itself where the item that had it is scrolled away', async () => {
  const list = document.querySelector('tbody');
  copy(3)?.focus();
  expect(document.activeElement).toBe(copy(3));
  await scrollTo(2 * ROW_PX);
  expect(document.activeElement).toBe(copy(3));
  await scrollTo(300 * ROW_PX);
  expect(copy(3)).toBeNull();
  expect(document.activeElement?.tagName).toBe('TBODY');
  // When the user tabs on, the list is no stop of its own any more.
  copy(301)?.focus();
  expect(list?.hasAttribute('tabindex')).toBe(false);
});

it('takes no focus that was given up before', async () => {
  copy(3)?.focus();
  copy(3)?.blur();
  await tick();
  await scrollTo(300 * ROW_PX);
  expect(document.activeElement?.tagName).toBe('BODY');
});
