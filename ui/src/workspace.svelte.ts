// The open profile: its connection, its experiments, its models.
import { createContext } from 'svelte';
import {
  commands,
  type ExperimentList,
  type ModelList,
  type OpenProfile,
  type Profile,
  type Route,
} from './backend';
import { Live } from './live.svelte';
import { isFreshnessOf, type ProfileScopes } from './watch.svelte';
import { connectionStates } from './connection-states.svelte';

/** All saved profiles. One list for the window, read while something shows it. */
export const profiles: Live<Profile[]> = new Live(
  () => commands.listProfiles(),
  (change) => change.kind === 'profiles',
);

/** All saved SSH routes, likewise. */
export const routes: Live<Route[]> = new Live(
  () => commands.listRoutes(),
  (change) => change.kind === 'profiles',
);

export class Workspace {
  readonly connection: Live<OpenProfile>;
  readonly experiments: Live<ExperimentList>;
  readonly models: Live<ModelList>;
  /** Where the server is exposed on this machine, if it is. */
  readonly exposure: Live<string | null>;
  /** The two lists, to be watched and read again. */
  readonly experimentsScope: ProfileScopes;
  readonly modelsScope: ProfileScopes;
  /** The models with their versions and the runs these came from. */
  readonly registryScope: ProfileScopes;

  constructor(readonly profileId: string) {
    this.experimentsScope = { profileId, scopes: [{ kind: 'experiments' }] };
    this.modelsScope = { profileId, scopes: [{ kind: 'models' }] };
    this.registryScope = { profileId, scopes: [{ kind: 'models' }, { kind: 'registry' }] };
    const mine = (change: object) => 'profileId' in change && change.profileId === profileId;
    this.connection = new Live(
      async () => {
        const open = await commands.openProfile(profileId);
        connectionStates.set(profileId, open.state.kind);
        return open;
      },
      (change) => change.kind === 'profiles' || (change.kind === 'connection' && mine(change)),
    );
    this.exposure = new Live(
      () => commands.exposure(profileId),
      (change) => change.kind === 'connection' && mine(change),
    );
    this.experiments = new Live(
      () => commands.listExperiments(profileId),
      (change) =>
        (['experiments', 'runs', 'connection'].includes(change.kind) && mine(change)) ||
        isFreshnessOf(change, [this.experimentsScope]),
    );
    this.models = new Live(
      () => commands.listModels(profileId),
      (change) =>
        (['models', 'model', 'connection'].includes(change.kind) && mine(change)) ||
        isFreshnessOf(change, [this.modelsScope]),
    );
  }
}

const [around, provideWorkspace] = createContext<() => Workspace | undefined>();

/** For the window, as it begins: everything in it works with this one workspace; none where no profile is open. */
export { provideWorkspace };

/** For a component that is only there while a profile is open, as it begins: reads the workspace of that profile. */
export function currentWorkspace(): () => Workspace {
  const workspace = around();
  return () => {
    const open = workspace();
    if (!open) throw new Error('this is only shown while a profile is open');
    return open;
  };
}

/** What stands before a profile's name. */
export const PROFILE_ICONS = { server: 'server', local: 'database', sample: 'podium' } as const;
