// What is known of the profile one is in: its connection, its experiments, its models.
import {
  commands,
  type ExperimentList,
  type ModelList,
  type OpenProfile,
  type Profile,
  type Route,
} from './backend';
import { Live } from './live.svelte';
import { isFreshnessOf } from './watch.svelte';
import { links } from './links.svelte';

/** All saved profiles. */
export const profiles: Live<Profile[]> = new Live(
  () => commands.listProfiles(),
  (change) => change.kind === 'profiles',
);

/** All saved SSH routes. */
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

  constructor(readonly profileId: string) {
    const mine = (change: object) => 'profileId' in change && change.profileId === profileId;
    this.connection = new Live(
      async () => {
        const open = await commands.openProfile(profileId);
        links.heard(profileId, open.state.kind);
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
        isFreshnessOf(change, [{ profileId, scopes: [{ kind: 'experiments' }] }]),
    );
    this.models = new Live(
      () => commands.listModels(profileId),
      (change) =>
        (['models', 'model', 'connection'].includes(change.kind) && mine(change)) ||
        isFreshnessOf(change, [{ profileId, scopes: [{ kind: 'models' }] }]),
    );
  }
}

/** What stands before a profile's name. */
export const PROFILE_ICONS = { server: 'server', local: 'database', sample: 'podium' } as const;
