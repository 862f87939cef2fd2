// Experiments as a tree: their names split at `/`, folders where several share a beginning.
import type { TreeNode } from '../components/Tree.svelte';
import type { Experiment, ExperimentRow } from '../backend';
import { formatCountShort } from '../format/number';

interface Branch {
  name: string;
  path: string;
  row?: ExperimentRow;
  branches: Map<string, Branch>;
}

const FOLDER = 'folder:';

/** The id of a folder's node; experiments have their own id. */
export function folderId(path: string): string {
  return FOLDER + path;
}

export function isFolder(id: string): boolean {
  return id.startsWith(FOLDER);
}

const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: 'base' });

/** The tree of those experiments whose name contains every word of `filter`. */
export function experimentTree(rows: readonly ExperimentRow[], filter = ''): TreeNode[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const root: Branch = { name: '', path: '', branches: new Map() };
  for (const row of rows) {
    const name = row.experiment.name.toLowerCase();
    if (!words.every((word) => name.includes(word))) continue;
    let branch = root;
    for (const piece of piecesOf(row.experiment.name)) {
      const path = branch === root ? piece : `${branch.path}/${piece}`;
      const next = branch.branches.get(piece) ?? { name: piece, path, branches: new Map() };
      branch.branches.set(piece, next);
      branch = next;
    }
    // Should a server have two of one name, both stand in the list.
    if (branch.row) branch = addTwin(root, row);
    branch.row = row;
  }
  return nodesOf(root);
}

/**
 * The name cut at its slashes, none of which is lost: one at either end (names on Databricks begin with one) and any
 * that follows another belong to the piece they stand at, so that no two names have the same pieces.
 */
function piecesOf(name: string): string[] {
  const pieces: string[] = [];
  let from = 0;
  for (let at = 1; at < name.length; at++) {
    if (name[at] !== '/' || name[at - 1] === '/' || /^\/*$/.test(name.slice(at))) continue;
    pieces.push(name.slice(from, at));
    from = at + 1;
  }
  return [...pieces, name.slice(from)];
}

/** What cannot be seen stands between quotation marks. */
function labelOf(piece: string): string {
  return piece.trim() === '' ? `“${piece}”` : piece;
}

function addTwin(root: Branch, row: ExperimentRow): Branch {
  const { name, experimentId } = row.experiment;
  const twin: Branch = { name, path: `${name} ${experimentId}`, branches: new Map() };
  root.branches.set(twin.path, twin);
  return twin;
}

function nodesOf(branch: Branch): TreeNode[] {
  return [...branch.branches.values()]
    .sort((a, b) => byName.compare(a.name, b.name))
    .map((each) => {
      // A folder that holds one thing only is not worth a line of its own.
      let [at, label] = [each, labelOf(each.name)];
      while (!at.row && at.branches.size === 1) {
        const [only] = at.branches.values();
        if (!only) break;
        at = only;
        label += `/${labelOf(only.name)}`;
      }
      const children = nodesOf(at);
      const count = at.row?.cachedRuns ?? 0;
      return {
        id: at.row?.experiment.experimentId ?? folderId(at.path),
        label,
        ...(count > 0 && { meta: formatCountShort(count) }),
        ...(children.length > 0 && { children }),
        ...(!at.row && { icon: 'folder' as const }),
      };
    });
}

/** Ids of all nodes that have children. */
export function openable(nodes: readonly TreeNode[]): string[] {
  return nodes.flatMap((node) => (Array.isArray(node.children) ? [node.id, ...openable(node.children)] : []));
}

/** The nodes on the way to a node, itself not included. */
export function pathTo(nodes: readonly TreeNode[], id: string): string[] {
  for (const node of nodes) {
    if (node.id === id) return [];
    if (!Array.isArray(node.children)) continue;
    const below = node.children.some((child) => child.id === id) ? [] : pathTo(node.children, id);
    if (below.length > 0 || node.children.some((child) => child.id === id)) return [node.id, ...below];
  }
  return [];
}

/** The ids of all experiments at and below a node. */
export function experimentsBelow(nodes: readonly TreeNode[], id: string): string[] {
  const all = (node: TreeNode): string[] => [
    ...(isFolder(node.id) ? [] : [node.id]),
    ...(Array.isArray(node.children) ? node.children.flatMap(all) : []),
  ];
  for (const node of nodes) {
    if (node.id === id) return all(node);
    const found = Array.isArray(node.children) ? experimentsBelow(node.children, id) : [];
    if (found.length > 0) return found;
  }
  return [];
}

/** The experiment to show in a profile that is opened for the first time: the newest one, "Default" only if it is the only one. */
export function firstExperiment(rows: readonly ExperimentRow[]): Experiment | undefined {
  const rank = ({ experiment, cachedRuns }: ExperimentRow): [number, number, number] => [
    experiment.name === 'Default' ? 0 : 1,
    Math.min(1, cachedRuns),
    experiment.lastUpdateTimeMs ?? experiment.creationTimeMs ?? 0,
  ];
  let best: ExperimentRow | undefined;
  for (const row of rows) {
    if (!best) best = row;
    const [mine, theirs] = [rank(row), rank(best)];
    const at = mine.findIndex((value, i) => value !== theirs[i]);
    if (at >= 0 && (mine[at] ?? 0) > (theirs[at] ?? 0)) best = row;
  }
  return best?.experiment;
}
