// What the bar says of a source is what a person knows it by; hashes are in the tooltip.
import { expect, it } from 'vitest';
import type { ConnectionState, OpenProfile } from '../backend';
import { PROFILES } from '../backend/fake-connections';
import { sourceWords } from './source';

function open(kind: 'server' | 'local' | 'sample', address: string, description?: string, version?: string) {
  const capabilities = {
    description: description ?? '',
    version: version ?? null,
    aliases: true,
    loggedModels: true,
    writable: true,
  };
  const state: ConnectionState =
    description === undefined ? { kind: 'connecting' } : { kind: 'up', capabilities };
  return { profile: { ...PROFILES[0], kind, address }, state } as OpenProfile;
}

it.each([
  [open('server', 'https://ml.example:5000', 'MLflow 3.17.2', '3.17.2'), 'MLflow 3.17.2 · ml.example:5000'],
  [open('server', 'http://ml.example/ml', 'MLflow 2.x', undefined), 'MLflow 2.x · ml.example/ml'],
  [open('server', 'http://ml.example/ml'), 'ml.example/ml'],
  [open('local', '/home/ana/churn/mlflow.db', 'mlflow.db (schema 1bd49d398cd23)'), 'churn/mlflow.db'],
  [open('local', 'C:\\proj\\mlflow.db', 'mlflow.db (schema 1bd49d398cd23)'), 'proj/mlflow.db'],
  [open('sample', '/data/sample', 'mlflow.db (schema 1bd49d398cd23)'), 'Sample workspace'],
])('%#: %j', (connection, text) => {
  const words = sourceWords(connection);
  expect(words.text).toBe(text);
  expect(words.details).toContain(connection.profile.address);
});
