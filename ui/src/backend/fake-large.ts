// Answers of a size that real servers have: the same commands, thousands of everything.
import type { Commands } from './types';

const MANY = 4000;
const VERSIONS = 3000;
const FILES = 10_000;

const each = <T>(count: number, make: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => make(i));

/** The commands, with thousands where the others have a few. */
export function enlarged(commands: Commands): Commands {
  const keys = each(MANY, (i) => `layer_${i}/grad_norm`);
  return {
    ...commands,
    listCurves: async (runs) => [
      ...(await commands.listCurves(runs)),
      ...keys.map((key) => ({ key, runCount: 1, chance: 'likely' as const })),
    ],
    getRun: async (asked) => {
      const { page, freshness } = await commands.getRun(asked);
      if (!page) return { page, freshness };
      const { run } = page;
      const [metric] = run.metrics;
      const child = { ...run.info, ...asked, color: 1, depth: 1, parentRunId: asked.runId, cells: [] };
      const large = {
        ...page,
        run: {
          ...run,
          metrics: metric ? keys.map((key) => ({ ...metric, key })) : [],
          params: each(MANY, (i) => ({ key: `param_${i}`, value: `${'long value '.repeat((i % 40) + 1)}` })),
        },
        children: each(3000, (i) => ({ ...child, runId: `child-${i}`, displayName: `child ${i}` })) as never,
      };
      return { page: large, freshness };
    },
    compareRuns: async (runs) => {
      const answer = await commands.compareRuns(runs);
      const { comparison } = answer;
      const cells = (at: number) => runs.map((_, i) => ({ kind: 'number' as const, value: (i * at) % 97 }));
      const direction = { better: null, chosen: false };
      const metrics = keys.map((key, i) => ({ key, differs: true, direction, cells: cells(i) }));
      return { ...answer, comparison: { ...comparison, metrics: [...comparison.metrics, ...metrics] } };
    },
    listArtifacts: async (profileId, root, path) => {
      const found = await commands.listArtifacts(profileId, root, path);
      const files = each(path === 'plots' ? FILES : 0, (i) => ({
        root,
        path: `plots/${i}.bin`,
        name: `${i}.bin`,
        isDir: false,
        sizeBytes: i,
      }));
      return { ...found, entries: [...found.entries, ...files] };
    },
    getModel: async (profileId, name, metrics) => {
      const { board, freshness } = await commands.getModel(profileId, name, metrics);
      const [row] = board?.versions ?? [];
      if (!board || !row) return { board, freshness };
      const large = {
        ...board,
        versions: each(VERSIONS, (i) => ({
          ...row,
          version: { ...row.version, version: String(VERSIONS - i) },
        })),
      };
      return { board: large, freshness };
    },
  };
}
