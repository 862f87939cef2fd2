// From listings to the nodes of a tree. Pure.
import type { AppError, ArtifactRoot, TreeEntry } from '../backend';
import type { IconName } from '../components/icons';
import { formatBytes } from '../format/number';

/** A folder's name: a logged model's files and its run's files may have the same paths. */
export function folderId(root: ArtifactRoot, path: string): string {
  return `${root.kind}:${root.id}/${path}`;
}

/** A node's name: an object store may have a file and a folder of one path. */
export function nodeId({ root, path, isDir }: Pick<TreeEntry, 'root' | 'path' | 'isDir'>): string {
  return isDir ? folderId(root, path) : `file ${folderId(root, path)}`;
}

export interface Node {
  id: string;
  label: string;
  icon?: IconName;
  meta?: string;
  children?: Node[] | 'later';
  error?: string;
}

/** The nodes below `id`, as far as they have been read; `failures` are those of which something could not be. */
export function nodesOf(
  id: string,
  below: ReadonlyMap<string, readonly TreeEntry[]>,
  failures: ReadonlyMap<string, AppError>,
): Node[] {
  return (below.get(id) ?? []).map((entry) => {
    const own = nodeId(entry);
    if (!entry.isDir) {
      const meta = entry.sizeBytes === null ? undefined : formatBytes(entry.sizeBytes);
      return { id: own, label: entry.name, icon: iconOf(entry.name), meta };
    }
    const inside = below.get(own);
    const model = entry.root.kind === 'loggedModel' && entry.path === '';
    return {
      id: own,
      label: entry.name,
      icon: model ? 'model' : 'folder',
      children:
        inside === undefined || (inside.length === 0 && failures.has(own))
          ? 'later'
          : nodesOf(own, below, failures),
      error: failures.get(own)?.message,
    };
  });
}

function iconOf(name: string): IconName {
  if (/\.(png|jpe?g|gif|webp|bmp|svg)$/i.test(name)) return 'image';
  if (/\.(csv|tsv|parquet)$/i.test(name)) return 'table';
  if (/\.(py|js|ts|json|ya?ml|toml|html?|sh)$|^MLmodel$/i.test(name)) return 'code';
  if (/\.(txt|md|log|rst)$/i.test(name)) return 'text';
  return 'file';
}

/** What to show before anything was chosen: a readme, else a picture, else the first file. */
export function firstToShow(entries: readonly TreeEntry[]): TreeEntry | undefined {
  const files = entries.filter(({ isDir }) => !isDir);
  return (
    files.find(({ name }) => /^readme/i.test(name)) ??
    files.find(({ name }) => iconOf(name) === 'image') ??
    files[0]
  );
}
