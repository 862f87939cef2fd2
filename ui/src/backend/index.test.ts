// What is heard from the app, and from when on: to begin to listen takes a moment.
import { afterEach, expect, it, vi } from 'vitest';

let began: (stop: () => void) => void = () => {};
let say: () => void = () => {};
vi.mock('./bindings', () => ({
  commands: {},
  events: {
    changes: { listen: () => new Promise(() => {}) },
    closeAsked: {
      listen: (hear: () => void) => {
        say = hear;
        return new Promise<() => void>((resolve) => (began = resolve));
      },
    },
  },
}));
vi.stubGlobal('__TAURI_INTERNALS__', {});
const { onCloseAsked } = await import('.');

afterEach(() => vi.unstubAllGlobals());

const settle = () => new Promise((resolve) => setTimeout(resolve));

it('says when it listens', async () => {
  const [hear, listening, stopped] = [vi.fn(), vi.fn(), vi.fn()];
  const stop = onCloseAsked(hear, listening);
  await settle();
  expect(listening).not.toHaveBeenCalled();
  began(stopped);
  await settle();
  expect(listening).toHaveBeenCalledOnce();
  say();
  expect(hear).toHaveBeenCalledOnce();
  stop();
  await settle();
  expect(stopped).toHaveBeenCalledOnce();
});

it('says nothing, and listens no longer, if it was stopped before it began', async () => {
  const [listening, stopped] = [vi.fn(), vi.fn()];
  onCloseAsked(vi.fn(), listening)();
  began(stopped);
  await settle();
  expect(listening).not.toHaveBeenCalled();
  expect(stopped).toHaveBeenCalledOnce();
});
