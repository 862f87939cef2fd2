// @vitest-environment happy-dom
// A known key can be forgotten where a host shows another one; its code decides that and not the message.
import { mount, unmount } from 'svelte';
import { afterEach, expect, it, vi } from 'vitest';
import type { Step } from '../backend';
import StepList from './StepList.svelte';

const HOST = '[gpu-box]:2222';
const failed = (detail: string, changedHost: string | null): Step => ({
  name: 'hostKey',
  subject: 'gpu-box',
  state: 'failed',
  detail,
  remedy: null,
  changedHost,
  tookMs: null,
});

let list: object | undefined;
afterEach(async () => {
  if (list) await unmount(list);
});

it.each([
  ['The host key of gpu-box has changed.', HOST],
  ['The host key of gpu-box is of another type than the known ones.', HOST],
  ['The host key of gpu-box is revoked. It has changed hands.', null],
])('%s', (detail, changedHost) => {
  const onforget = vi.fn();
  list = mount(StepList, {
    target: document.body,
    props: { steps: [failed(detail, changedHost)], onforget },
  });
  document.querySelector<HTMLElement>("[data-testid='forget-host']")?.click();
  expect(onforget.mock.calls).toEqual(changedHost === null ? [] : [[changedHost]]);
});
