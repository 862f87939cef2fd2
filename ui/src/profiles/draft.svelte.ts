// A profile while it is edited: what it began as, what it is now, and how it is saved with its route and secrets.
import { commands, type Profile, type Route } from '../backend';
import { headersOf, rowsOf, typedSecrets, type HeaderRow } from './headers';
import { problemsOf, type Problems } from './profile';
import { namedRoute } from './route-choice';
import type { SavedSecrets } from './saved-secrets.svelte';

/** By the names that the vault has for them. */
const NOTHING_TYPED = { password: '', token: '', 'client-key': '' };

export type SecretName = keyof typeof NOTHING_TYPED;

/** What the parts of the editor are given. */
export interface FieldsProps {
  draft: ProfileDraft;
  secrets: SavedSecrets;
  /** What is wrong, by field. */
  problems: Problems;
}

export class ProfileDraft {
  /** As it was saved last; with an empty id it never was. */
  base: Profile = $state.raw() as Profile;
  /** As it stands in the form. Its headers are in `rows`. */
  profile: Profile = $state() as Profile;
  rows: HeaderRow[] = $state([]);
  /** A route that is new or being changed; it is saved with the profile. */
  route: Route | undefined = $state();
  /** Secrets that were typed live here until they are saved, and in no other place. */
  typed = $state({ ...NOTHING_TYPED });
  /** Goes up with every save. */
  saves = $state(0);
  /** By secret, goes up with every save that leaves nothing typed there: its field begins anew. */
  readonly anew = $state({ password: 0, token: 0, 'client-key': 0 });

  readonly whole: Profile = $derived.by(() => {
    const profile = $state.snapshot(this.profile);
    return { ...profile, server: { ...profile.server, headers: headersOf(this.rows) } };
  });
  readonly secretsTyped: boolean = $derived(
    Object.values(this.typed).some((text) => text !== '') || typedSecrets(this.rows).length > 0,
  );
  readonly changed: boolean = $derived(JSON.stringify(this.whole) !== JSON.stringify(this.base));
  readonly dirty: boolean = $derived(this.changed || this.route !== undefined || this.secretsTyped);
  readonly isNew: boolean = $derived(this.profile.id === '');
  readonly problems = $derived(problemsOf(this.whole, $state.snapshot(this.route)));

  constructor(profile: Profile) {
    this.#begin(profile);
  }

  #begin(profile: Profile): void {
    this.base = profile;
    this.profile = structuredClone(profile);
    this.rows = rowsOf(profile.server.headers);
  }

  /** It has changed elsewhere, as when a certificate was trusted: taken over where nothing was typed. */
  changedElsewhere(profile: Profile): void {
    if (JSON.stringify(profile) === JSON.stringify(this.base)) return;
    if (!this.changed) {
      this.#begin(profile);
      return;
    }
    const { tls } = this.profile.server;
    if (tls.pin === this.base.server.tls.pin) tls.pin = profile.server.tls.pin;
    this.base = profile;
  }

  discard(): void {
    this.#begin(this.base);
    this.route = undefined;
    this.typed = { ...NOTHING_TYPED };
  }

  /** What to test, saved or not. */
  get asItStands(): { profile: Profile; route: Route | null } {
    const route = $state.snapshot(this.route);
    return { profile: this.whole, route: route ? namedRoute(route) : null };
  }

  /**
   * Saves the route, the profile and the secrets. What was saved before a failure stays saved, and what is
   * typed meanwhile stays as it was typed.
   */
  async save(): Promise<Profile> {
    let wanted = this.whole;
    const typed = { ...this.typed };
    const rows = $state.snapshot(this.rows);
    if (this.route) wanted = await this.#saveRoute(this.route, wanted);
    const done = await commands.saveProfile(wanted);
    const unchanged = JSON.stringify(this.whole) === JSON.stringify(wanted);
    // From here on it is there: another try must not make another one.
    this.base = done;
    if (unchanged) this.profile = structuredClone(done);
    else this.profile.id = done.id;
    for (const [name, value] of secretsOf(done, typed, rows)) {
      await commands.setSecret(done.id, name, value, done.server.keep);
    }
    for (const name of Object.keys(typed) as SecretName[]) {
      if (this.typed[name] === typed[name]) this.typed[name] = '';
      if (this.typed[name] === '') this.anew[name] += 1;
    }
    if (JSON.stringify(this.rows) === JSON.stringify(rows)) this.rows = rowsOf(done.server.headers);
    this.saves += 1;
    return done;
  }

  /** Saves the route, and says what is wanted of the profile then. */
  async #saveRoute(route: Route, wanted: Profile): Promise<Profile> {
    const sent = $state.snapshot(route);
    const { id } = await commands.saveRoute(namedRoute(sent));
    // It is there, also for one who chose another way meanwhile and comes back to it.
    route.id = id;
    const { server } = this.profile;
    // What was chosen in its place meanwhile stays chosen.
    if (this.route === route) {
      if (server.routeId === wanted.server.routeId) server.routeId = id;
      if (JSON.stringify(route) === JSON.stringify({ ...sent, id })) this.route = undefined;
    }
    return { ...wanted, server: { ...wanted.server, routeId: id } };
  }
}

/** What was typed, has a use in the profile and is to be kept. */
function secretsOf(
  { kind, server }: Profile,
  typed: Record<SecretName, string>,
  rows: readonly HeaderRow[],
): [slot: string, value: string][] {
  if (kind !== 'server' || server.keep === 'never') return [];
  const list = typedSecrets(rows);
  if (server.auth.kind === 'basic') list.push(['password', typed.password]);
  if (server.auth.kind === 'bearer') list.push(['token', typed.token]);
  if (server.tls.clientCertificateFile !== null) list.push(['client-key', typed['client-key']]);
  return list.filter(([, value]) => value !== '');
}
