// Runs found from the command palette while the user types.
import { asAppError, commands } from '../backend';
import type { Command } from '../components/CommandPalette.svelte';
import { route } from '../route.svelte';
import type { Workspace } from '../workspace.svelte';

const FOUND = 12;

/**
 * The runs of a profile whose name contains every word of the text, or whose id begins with it. A search that failed
 * is one line that says why, so that the rest of the palette can still be used.
 */
export async function searchRuns({ profileId, experiments }: Workspace, text: string): Promise<Command[]> {
  const experimentIds = (experiments.value?.experiments ?? []).map(
    ({ experiment }) => experiment.experimentId,
  );
  try {
    return await findRuns(profileId, experimentIds, text);
  } catch (thrown) {
    const label = `Runs could not be searched: ${asAppError(thrown).message}`;
    return [{ id: 'runs-failed', label, words: text, group: 'Runs', icon: 'alert', run: () => undefined }];
  }
}

async function findRuns(profileId: string, experimentIds: string[], text: string): Promise<Command[]> {
  const words = text.replaceAll('`', ' ').split(/\s+/).filter(Boolean);
  if (words.join('').length < 2 || experimentIds.length === 0) return [];
  // In backticks every word is taken as it stands, also "and" and a backslash.
  const filter = words.map((word) => `\`${word}\``).join(' ');
  const view = {
    scope: [{ profileId, experimentIds }],
    filter,
    sort: [],
    columns: [],
    lifecycleStage: 'active' as const,
  };
  const { window } = await commands.searchRuns({ ...view, offset: 0, limit: FOUND });
  return window.rows.map((row) => ({
    id: `run-${row.runId}`,
    label: row.displayName,
    hint: row.runId.slice(0, 8),
    group: 'Runs',
    icon: 'run',
    run: () => route.go({ screen: 'run', profileId, runId: row.runId }),
  }));
}
