// The title of the window names the place, and production before everything else.
import { expect, test } from 'vitest';
import type { ExperimentRow } from '../backend';
import type { Place } from '../route.svelte';
import { placeTitle, windowTitle } from './title';

const row = (experimentId: string, name: string) => ({ experiment: { experimentId, name } }) as ExperimentRow;
const EXPERIMENTS = [row('1', 'lr sweep'), row('2', 'baseline')];
const HERE = { screen: 'experiment', profileId: 'vision' } as const;

test.each<[Place, string]>([
  [{ ...HERE, experimentIds: ['2'] }, 'baseline'],
  [{ ...HERE, experimentIds: ['1', '2'] }, '2 experiments'],
  [
    { ...HERE, experimentIds: ['1'], beside: [{ profileId: 'speech', experimentIds: ['7'] }] },
    '2 experiments',
  ],
  [{ ...HERE, experimentIds: ['not read yet'] }, ''],
  [{ screen: 'model', profileId: 'vision', name: 'detector' }, 'detector'],
  [{ screen: 'version', profileId: 'vision', name: 'detector', version: '3' }, 'detector v3'],
  [{ screen: 'welcome' }, ''],
])('%j is called “%s”', (place, title) => {
  expect(placeTitle(place, EXPERIMENTS)).toBe(title);
});

test('production comes first, and Podium last', () => {
  expect(windowTitle('baseline', 'production')).toBe('PRODUCTION – baseline – Podium');
  expect(windowTitle('', 'test')).toBe('Podium');
});
