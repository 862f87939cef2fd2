// What the command palette offers: places, actions, and runs found while typing.
import type { Command } from '../components/CommandPalette.svelte';
import { theme, type ThemeChoice } from '../components/theme.svelte';
import { asAppError, commands } from '../backend';
import { profiles, PROFILE_ICONS, type Workspace } from '../workspace.svelte';
import { route, type Place } from '../route.svelte';

const go = (place: Place) => () => route.go(place);

/** Everywhere one can go from here. */
export function places(workspace: Workspace | undefined): Command[] {
  const list: Command[] = [];
  if (workspace) {
    const { profileId } = workspace;
    for (const { experiment } of workspace.experiments.value?.experiments ?? []) {
      list.push({
        id: `experiment-${experiment.experimentId}`,
        label: experiment.name,
        group: 'Experiments',
        icon: 'experiment',
        run: go({ screen: 'experiment', profileId, experimentIds: [experiment.experimentId] }),
      });
    }
    list.push({
      id: 'models',
      label: 'All models',
      group: 'Models',
      icon: 'model',
      run: go({ screen: 'models', profileId }),
    });
    for (const model of workspace.models.value?.models ?? []) {
      list.push({
        id: `model-${model.name}`,
        label: model.name,
        group: 'Models',
        icon: 'model',
        run: go({ screen: 'model', profileId, name: model.name }),
      });
    }
  }
  for (const profile of profiles.value ?? []) {
    if (profile.id === workspace?.profileId) continue;
    list.push({
      id: `profile-${profile.id}`,
      label: profile.name,
      hint: profile.kind === 'sample' ? '' : profile.address,
      group: 'Profiles',
      icon: PROFILE_ICONS[profile.kind],
      run: go({ screen: 'profile', profileId: profile.id }),
    });
  }
  if (workspace) {
    const { profileId } = workspace;
    list.push(
      {
        id: 'edit-profile',
        label: 'Edit this profile',
        words: 'connection settings route password certificate',
        group: 'Profiles',
        icon: 'edit',
        run: go({ screen: 'profiles', edit: profileId }),
      },
      {
        id: 'test-connection',
        label: 'Test connection',
        words: 'diagnose tunnel ssh',
        group: 'Profiles',
        icon: 'plug',
        run: go({ screen: 'test', profileId }),
      },
    );
  }
  list.push(
    {
      id: 'profiles',
      label: 'All profiles',
      words: 'manage import export order connections',
      group: 'Profiles',
      icon: 'server',
      run: go({ screen: 'profiles' }),
    },
    {
      id: 'new-profile',
      label: 'New profile',
      words: 'connect server ssh tunnel',
      group: 'Profiles',
      icon: 'plus',
      run: go({ screen: 'profiles', edit: 'new' }),
    },
  );
  list.push({
    id: 'open',
    label: 'Open another place',
    words: 'connect server welcome mlflow.db sample',
    group: 'Profiles',
    icon: 'plus',
    keys: 'Ctrl O',
    run: go({ screen: 'welcome' }),
  });
  return list;
}

const THEMES: [ThemeChoice, string][] = [
  ['system', 'Colours: as the system'],
  ['light', 'Colours: light'],
  ['dark', 'Colours: dark'],
];
export const THEME_KEY = 'theme';

export function setTheme(choice: ThemeChoice): void {
  theme.choice = choice;
  commands.setValue(THEME_KEY, JSON.stringify(choice)).catch(() => undefined);
}

export function themes(): Command[] {
  return THEMES.filter(([choice]) => choice !== theme.choice).map(([choice, label]) => ({
    id: `theme-${choice}`,
    label,
    words: 'theme appearance mode',
    group: 'View',
    icon: 'eye',
    run: () => setTheme(choice),
  }));
}

const FOUND = 12;

/** Runs as {@link findRuns}; where they cannot be searched, what says so: the rest of the palette stays. */
export async function searchRuns(
  profileId: string,
  experimentIds: string[],
  text: string,
): Promise<Command[]> {
  try {
    return await findRuns(profileId, experimentIds, text);
  } catch (thrown) {
    const label = `Runs could not be searched: ${asAppError(thrown).message}`;
    return [{ id: 'runs-failed', label, words: text, group: 'Runs', icon: 'alert', run: () => undefined }];
  }
}

/** Runs of these experiments whose name contains every word of the text, or whose id begins with it. */
async function findRuns(profileId: string, experimentIds: string[], text: string): Promise<Command[]> {
  const words = text.replaceAll('`', ' ').split(/\s+/).filter(Boolean);
  if (words.join('').length < 2 || experimentIds.length === 0) return [];
  // Quoted, a word is a word, even if it is called "and", and in backticks a backslash is nothing else.
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
    run: go({ screen: 'run', profileId, runId: row.runId }),
  }));
}
