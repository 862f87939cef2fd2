// Tags as people type them: one a line, `key = value`. Pure.
import type { Tag } from '../backend';

export interface TypedTags {
  tags: Tag[];
  /** What cannot be read, if anything. */
  problem: string | undefined;
}

export function readTags(text: string): TypedTags {
  const tags: Tag[] = [];
  for (const line of text.split('\n')) {
    if (line.trim() === '') continue;
    const at = line.indexOf('=');
    const key = (at < 0 ? line : line.slice(0, at)).trim();
    if (at < 0 || key === '') return { tags, problem: `“${line.trim()}” is not of the form key = value` };
    if (key.startsWith('podium.') || key.startsWith('mlflow.'))
      return { tags, problem: `${key}: Podium and MLflow write such tags themselves` };
    if (tags.some((tag) => tag.key === key)) return { tags, problem: `${key} is there twice` };
    tags.push({ key, value: line.slice(at + 1).trim() });
  }
  return { tags, problem: undefined };
}

/** Why a registered model cannot have this name on any server, if so. */
export function modelNameRefusal(name: string): string | undefined {
  if (name.trim() === '') return 'A registered model needs a name.';
  if (/[/:]/.test(name)) return 'MLflow takes no “/” and no “:” in the name of a model.';
  if (name === '.' || name === '..') return 'This name stands for a folder.';
  return undefined;
}
