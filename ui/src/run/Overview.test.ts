// @vitest-environment happy-dom
// What a server says of a run is drawn, however often it says one name.
import { createRawSnippet, getAllContexts, mount, tick, unmount } from 'svelte';
import { expect, it } from 'vitest';
import type { RunPage } from '../backend';
import Overlays from '../shell/Overlays.svelte';
import Overview from './Overview.svelte';

const dataset = {
  name: 'dataset',
  digest: '1a2b',
  sourceType: 'code',
  source: '{}',
  context: 'train',
  schema: '{"mlflow_colspec":[{"type":"long","name":"age"}]}',
  profile: '{"num_rows":60000}',
};
const metric = (key: string) => ({ key, value: 7, timestampMs: 0, step: 0 });
const tag = { key: 'stage', value: 'dev' };
const page = {
  run: {
    info: { runId: 'r1', runName: 'twice' },
    metrics: [metric('acc'), metric('system/gpu_0_utilization_percentage'), metric('system/cpu_x')],
    params: [],
    tags: [tag, tag],
    datasetInputs: [dataset, { ...dataset, digest: '3c4d', schema: '{', profile: '[odd]' }],
    modelOutputs: [],
  },
  children: [],
} as unknown as RunPage;

it('shows two datasets of one name and context, with columns and profile or as the text that they are', async () => {
  const children = createRawSnippet(() => ({
    render: () => '<main></main>',
    setup: (target) => {
      const inner = mount(Overview, {
        target,
        props: { profileId: 'p', page, onopen: () => undefined },
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
  expect(said).toMatch(/num_rows\s*60,000/);
  expect(said).toMatch(/age\s*long/);
  expect(said).toContain('[odd]');
  // What was measured of the machine is no metric of the model, and each GPU stands by itself.
  expect(document.querySelector('[aria-label="Metrics"]')?.textContent).not.toContain('utilization');
  expect(document.querySelector('[aria-label="System · GPU 0"]')?.textContent).toContain('utilization');
  await unmount(shown);
});
