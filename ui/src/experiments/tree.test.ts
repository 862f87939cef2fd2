// Names with slashes become a tree that loses no experiment, also with odd names.
import { describe, expect, it } from 'vitest';
import type { ExperimentRow } from '../backend';
import { experimentTree, experimentsBelow, firstExperiment, folderId, openable, pathTo } from './tree';

function row(
  experimentId: string,
  name: string,
  cachedRuns = 0,
  lastUpdateTimeMs: number | null = null,
): ExperimentRow {
  return {
    experiment: {
      experimentId,
      name,
      lastUpdateTimeMs,
      artifactLocation: '',
      lifecycleStage: 'active',
      creationTimeMs: null,
      tags: [],
    },
    cachedRuns,
  };
}

const ROWS = [
  row('1', 'vision/resnet', 10_000),
  row('2', 'vision/vit'),
  row('3', 'vision'),
  row('4', 'churn/gbdt/weekly'),
  row('5', '画像/分類'),
];

describe('experimentTree', () => {
  it('splits at slashes, joins what stands alone, and lets an experiment have children', () => {
    expect(experimentTree(ROWS)).toEqual([
      { id: '4', label: 'churn/gbdt/weekly' },
      {
        id: '3',
        label: 'vision',
        children: [
          { id: '1', label: 'resnet', meta: '10k' },
          { id: '2', label: 'vit' },
        ],
      },
      { id: '5', label: '画像/分類' },
    ]);
  });

  it('gives folders their own nodes', () => {
    const nodes = experimentTree([row('1', 'a/b'), row('2', 'a/c/d'), row('3', 'a/c/e')]);
    expect(nodes[0]?.id).toBe(folderId('a'));
    expect(openable(nodes)).toEqual([folderId('a'), folderId('a/c')]);
    expect(pathTo(nodes, '3')).toEqual([folderId('a'), folderId('a/c')]);
    expect(pathTo(nodes, '1')).toEqual([folderId('a')]);
    expect(experimentsBelow(nodes, folderId('a/c'))).toEqual(['2', '3']);
    expect(experimentsBelow(nodes, folderId('a'))).toEqual(['1', '2', '3']);
  });

  it.each([
    ['a//b', 'a/b'],
    ['/a/b', 'a/b'],
    ['a/b/', 'a/b'],
  ])('keeps %s beside %s', (left, right) => {
    const nodes = experimentTree([row('1', left), row('2', right)]);
    expect(nodes.flatMap((node) => experimentsBelow(nodes, node.id)).sort()).toEqual(['1', '2']);
  });

  it.each(['/', '//', '///a', 'a//b', '/a/b', 'a/b/', ' ', '', ' / ', 'a/ /b', '\t'])(
    'shows an experiment called %j by its name',
    (name) => {
      expect(experimentTree([row('7', name)])).toMatchObject([{ id: '7' }]);
      const [label] = experimentTree([row('7', name)]).map((node) => node.label);
      expect(label?.replace(/[“”]/g, '')).toBe(name);
      expect(label?.trim()).not.toBe('');
    },
  );

  it('gives each of many odd names a node of its own', () => {
    const names = ['/', '//', 'a', 'a/', '/a', '/a/', 'a/b', 'a//b', 'a///b', '/a/b', 'a/b/', ' ', 'a/ '];
    const nodes = experimentTree(names.map((name, i) => row(String(i), name)));
    const ids = nodes.flatMap((node) => experimentsBelow(nodes, node.id));
    expect(ids.toSorted()).toEqual(names.map((_, i) => String(i)).toSorted());
  });

  it('finds by words anywhere in the name', () => {
    expect(experimentTree(ROWS, 'RES vis').map(({ id, label }) => [id, label])).toEqual([
      ['1', 'vision/resnet'],
    ]);
    expect(experimentTree(ROWS, 'nothing')).toEqual([]);
  });
});

describe('firstExperiment', () => {
  it('is the one used last, and Default only if it is all there is', () => {
    expect(
      firstExperiment([row('0', 'Default', 5, 9), row('1', 'a', 0, 1), row('2', 'b', 0, 2)])?.experimentId,
    ).toBe('2');
    expect(firstExperiment([row('0', 'Default')])?.experimentId).toBe('0');
    expect(firstExperiment([row('1', 'a', 0, 9), row('2', 'b', 3, 2)])?.experimentId).toBe('2');
    expect(firstExperiment([])).toBe(undefined);
  });
});
