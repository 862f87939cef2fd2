// @vitest-environment happy-dom
// What a server says of a run is drawn, however often it says one name.
import { createRawSnippet, getAllContexts, mount, tick, unmount } from 'svelte';
import { expect, it } from 'vitest';
import type { RunPage } from '../backend';
import Overlays from '../shell/Overlays.svelte';
import Overview from './Overview.svelte';

const dataset = { name: 'dataset', digest: '1a2b', sourceType: 'code', source: '{}', context: 'train' };
const tag = { key: 'stage', value: 'dev' };
const page = {
  run: {
    info: { runId: 'r1', runName: 'twice' },
    metrics: [],
    params: [],
    tags: [tag, tag],
    datasetInputs: [dataset, { ...dataset, digest: '3c4d' }],
    modelOutputs: [],
  },
  children: [],
} as unknown as RunPage;

it('shows two datasets of one name and context', async () => {
  const children = createRawSnippet(() => ({
    render: () => '<main></main>',
    setup: (target) => {
      const inner = mount(Overview, {
        target,
        props: { page, onopen: () => undefined },
        context: getAllContexts(),
      });
      return () => void unmount(inner);
    },
  }));
  const shown = mount(Overlays, { target: document.body, props: { children } });
  await tick();
  const said = document.body.textContent ?? '';
  expect(said).toContain('1a2b');
  expect(said).toContain('3c4d');
  expect(said).not.toContain('cannot be shown');
  await unmount(shown);
});
