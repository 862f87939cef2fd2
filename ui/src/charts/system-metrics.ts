// What MLflow measures of the machine: `system/cpu_utilization_percentage`, `system/gpu_0_utilization_percentage`, and
// where several nodes log to one run `system/<node>/…`. Pure.

/** Where a metric of the machine was measured. */
export interface SystemPlace {
  node: string | null;
  gpu: number | null;
  /** The metric without its place: `utilization_percentage`. */
  name: string;
}

export function systemPlace(metric: string): SystemPlace | undefined {
  const match = /^system\/(?:(.+)\/)?([^/]+)$/.exec(metric);
  if (!match) return undefined;
  const [, node = null, name = ''] = match;
  const ofGpu = /^gpu_(\d+)_(.+)$/.exec(name);
  return ofGpu ? { node, gpu: Number(ofGpu[1]), name: ofGpu[2] ?? name } : { node, gpu: null, name };
}

const SYSTEM = 'system';
/** MLflow allows no `*` in a name, so no node is called as a GPU is here. */
const GPU = '*gpu ';

/** The id of the section of the board that the metric belongs to by itself: one for each node and for each GPU. */
export function systemSection({ node, gpu }: SystemPlace): string {
  return `${SYSTEM}${node === null ? '' : `/${node}`}${gpu === null ? '' : `${GPU}${gpu}`}`;
}

export function isSystemSection(id: string): boolean {
  return id === SYSTEM || id.startsWith(`${SYSTEM}/`) || id.startsWith(`${SYSTEM}${GPU}`);
}

/** "System", "System · GPU 0", "System · node 1 · GPU 0". */
export function systemTitle(id: string): string {
  const [whole = '', gpu] = id.split(GPU);
  const node = whole.slice(SYSTEM.length + 1);
  return [
    'System',
    ...(node === '' ? [] : [nodeWords(node)]),
    ...(gpu === undefined ? [] : [`GPU ${gpu}`]),
  ].join(' · ');
}

function nodeWords(node: string): string {
  return /^\d+$/.test(node) ? `node ${node}` : node;
}

const inNumbers = new Intl.Collator('en', { numeric: true });

/** The machine before its GPUs, and node 2 before node 10. */
export function bySystemPlace(a: string, b: string): number {
  return inNumbers.compare(systemTitle(a), systemTitle(b));
}
