import { expect, test } from 'vitest';
import type { VersionPage } from '../backend';
import { lineageOf } from './lineage';

const page = {
  version: { name: 'churn', version: '3', tags: [] },
  aliases: ['champion'],
  origin: { kind: 'loggedModel', modelId: 'm-1' },
  run: {
    runId: 'r1',
    displayName: 'owl',
    known: { experimentId: '1', experimentName: 'crm', isDeleted: false },
  },
  loggedModel: { modelId: 'm-1', name: 'gbdt', status: 'READY', modelType: '' },
  datasets: [{ name: 'crm', digest: 'a1', context: 'training', source: '' }],
} as unknown as VersionPage;
const words = (of: Partial<VersionPage>) =>
  lineageOf('p', { ...page, ...of }).map(({ what, lines, missing }) =>
    [what, ...lines.map(({ text }) => text), missing ? '!' : ''].filter((word) => word !== '').join(' '),
  );

test('the way goes from data to aliases', () => {
  expect(words({})).toEqual([
    'Data crm (training)',
    'Run owl in crm',
    'Logged model gbdt m-1',
    'Version v3 churn',
    'Aliases champion',
  ]);
  expect(lineageOf('p', page)[1]?.to).toEqual({ screen: 'run', profileId: 'p', runId: 'r1' });
});

test('what is missing is said', () => {
  const bare = {
    run: null,
    loggedModel: null,
    datasets: [],
    aliases: [],
    origin: { kind: 'notKnown' },
  } as const;
  expect(words(bare as unknown as Partial<VersionPage>)).toEqual([
    'Data none was logged !',
    'Run no run !',
    'Files no source !',
    'Version v3 churn',
    'Aliases none holds it !',
  ]);
  const unread = {
    run: { runId: 'r1', displayName: 'owl', known: null },
    datasets: [],
  } as Partial<VersionPage>;
  expect(words(unread).slice(0, 2)).toEqual([
    'Data not known without the run !',
    'Run owl not on this machine !',
  ]);
  const deleted = {
    run: { ...page.run, known: { experimentId: '7', experimentName: null, isDeleted: true } },
  } as unknown as Partial<VersionPage>;
  expect(words(deleted)[1]).toBe('Run owl deleted, in experiment 7');
});

test('a copy names what it is a copy of, and files elsewhere their address', () => {
  const copy = { origin: { kind: 'version', model: 'churn-dev', version: '7' } } as Partial<VersionPage>;
  expect(words(copy)[3]).toBe('Copied from churn-dev version 7');
  expect(lineageOf('p', { ...page, ...copy })[3]?.to).toMatchObject({ screen: 'version', name: 'churn-dev' });
  expect(words({ origin: { kind: 'files', uri: 's3://bucket/model' } })[3]).toBe('Files bucket/model');
  expect(words({ origin: { kind: 'run', runId: 'r1', path: 'model' } })).not.toContain(
    'Files of run r1 model',
  );
});

test('a copy from another server names it, whatever its files are now', () => {
  const tags = [
    { key: 'podium.origin_server', value: 'https://dev.example' },
    { key: 'podium.origin_model', value: 'churn' },
    { key: 'podium.origin_version', value: '12' },
  ];
  const version = { ...page.version, tags };
  expect(words({ version, origin: { kind: 'run', runId: 'r9', path: 'model' }, loggedModel: null })[2]).toBe(
    'Copied from churn v12 dev.example',
  );
});
