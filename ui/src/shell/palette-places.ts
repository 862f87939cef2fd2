// The places of the command palette.
import type { Command } from '../components/CommandPalette.svelte';
import { profiles, PROFILE_ICONS, type Workspace } from '../workspace.svelte';
import { route, type Place } from '../route.svelte';

const go = (place: Place) => () => route.go(place);

/** All experiments and models of the open profile, and all profiles. */
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
