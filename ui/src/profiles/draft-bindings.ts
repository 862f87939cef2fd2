// The types and commands of connections, as the app will write them into bindings.ts: same names, same shapes.
//
// Once `make bindings` has written them there, this file and the block that names it in backend/index.ts go.
import type * as Now from '../backend/bindings';

export type Code =
  | Now.Code
  /** A certificate or host key that is not trusted, or is not the one it was. */
  | 'untrusted'
  /** A passphrase, a second factor or a decision is needed before it goes on. */
  | 'needsUser'
  /** The profile asks for a confirmation of every write, and none came along. */
  | 'needsConfirmation';

export type AppError = { code: Code; message: string };

export type Freshness = Omit<Now.Freshness, 'error'> & { error: AppError | null };

export type Change =
  | Now.Change
  /** What waits for an answer of the user. */
  | { kind: 'questions' }
  /** The steps of a test of a connection. */
  | { kind: 'test'; id: number };

export type ConnectionState =
  | { kind: 'connecting' }
  | { kind: 'up'; capabilities: Now.Capabilities }
  /** It was up, and is being made again; what is cached stays on screen. */
  | { kind: 'reconnecting'; error: AppError; retryInMs: number | null }
  | { kind: 'down'; error: AppError; retryInMs: number | null };

export type OpenProfile = { profile: Profile; state: ConnectionState };

export type Profile = {
  /** A UUID that stays when the profile is renamed or its address changes; empty for a new one. */
  id: string;
  name: string;
  kind: Now.ProfileKind;
  /** An address as the machine at the end of the route sees it, or the path of an `mlflow.db`. */
  address: string;
  environment: Environment;
  writes: Writes;
  server: ServerSettings;
};

export type Environment = 'unmarked' | 'dev' | 'test' | 'production';

export type Writes = 'allowed' | 'confirmed' | 'typed' | 'readOnly';

export type ServerSettings = {
  routeId: string | null;
  socketPath: string | null;
  auth: Auth;
  keep: Keep;
  tls: TlsSettings;
  headers: ExtraHeader[];
  hostHeader: string | null;
  workspace: string | null;
  proxy: Proxy;
};

export type Auth = { kind: 'none' } | { kind: 'basic'; username: string } | { kind: 'bearer' };

export type Keep = 'keyring' | 'session' | 'never';

export type TlsSettings = {
  caFile: string | null;
  clientCertificateFile: string | null;
  clientKeyFile: string | null;
  /** SHA-256 of the trusted certificate: 64 hexadecimal digits. */
  pin: string | null;
  pinOnFirstUse: boolean;
};

export type ExtraHeader = {
  name: string;
  /** None where the value is the secret `header:NAME`, NAME in lower case. */
  value: string | null;
};

export type Proxy = { kind: 'system' } | { kind: 'none' } | { kind: 'fixed'; url: string };

export type Route = {
  /** A UUID; empty for a new one. */
  id: string;
  name: string;
  /** From this machine outwards; at least one. */
  hops: Hop[];
};

export type Hop = {
  host: string;
  useConfig: boolean;
  port: number | null;
  user: string | null;
  identityFile: string | null;
  certificateFile: string | null;
  agent: string | null;
  identitiesOnly: boolean | null;
};

export type Alias = { name: string; words: string };

/** What a hop comes to once the ssh_config is read; `source` is `~/.ssh/config:14` or where else it is from. */
export type ResolvedHop = { lines: ResolvedLine[]; problems: string[] };

export type ResolvedLine = { label: string; value: string; source: string };

export type SecretInfo = {
  /** `password`, `token`, `client-key`, `header:x-api-key` */
  name: string;
  saved: boolean;
};

export type KeyringState = { usable: boolean; words: string };

export type Question =
  | {
      kind: 'hostKey';
      host: string;
      hop: string;
      keyType: string;
      fingerprint: string;
      art: string;
      knownAs: string[];
      note: string | null;
    }
  | {
      kind: 'certificate';
      address: string;
      reason: string;
      subject: string;
      issuer: string;
      names: string[];
      notBefore: string;
      notAfter: string;
      fingerprint: string;
    }
  | {
      kind: 'secret';
      what: SecretKind;
      subject: string;
      again: boolean;
      keeps: Keep[];
      note: string | null;
    }
  | { kind: 'prompts'; subject: string; name: string; instruction: string; prompts: Prompt[] }
  | { kind: 'command'; purpose: string; command: string; from: string };

export type SecretKind =
  'keyPassphrase' | 'sshPassword' | 'httpPassword' | 'token' | 'header' | 'clientKeyPassphrase';

export type Prompt = { text: string; echo: boolean };

export type Answer = { values: string[]; keep: Keep };

export type Pending = { id: number; profileName: string; question: Question };

export type StepName =
  | 'config'
  | 'dns'
  | 'tcp'
  | 'banner'
  | 'keyExchange'
  | 'hostKey'
  | 'auth'
  | 'channel'
  | 'tls'
  | 'http'
  | 'mlflow'
  | 'credentials'
  | 'permissions'
  | 'artifacts'
  | 'workspaces';

export type StepState = 'running' | 'asking' | 'passed' | 'warned' | 'failed' | 'skipped';

export type Step = {
  name: StepName;
  subject: string;
  state: StepState;
  detail: string;
  remedy: string | null;
  tookMs: number | null;
};

export type TestReport = { steps: Step[]; finished: boolean; text: string };

export type ImportPlan = { profiles: ImportItem[]; routes: ImportItem[]; problems: string[] };

export type ImportItem = {
  name: string;
  change: ImportChange;
  differences: Difference[];
  missingSecrets: string[];
};

export type ImportChange = 'new' | 'changed' | 'same';

export type Difference = { field: string; from: string; to: string };

export type SuggestionSource = 'environment' | 'sshConfig';

export type Suggestion = {
  key: string;
  source: SuggestionSource;
  words: string;
  profile: Profile;
  route: Route | null;
  secretsFound: string[];
};

export interface DraftCommands {
  listProfiles(): Promise<Profile[]>;
  saveProfile(profile: Profile): Promise<Profile>;
  duplicateProfile(profileId: string): Promise<Profile>;
  deleteProfile(profileId: string): Promise<null>;
  orderProfiles(profileIds: string[]): Promise<null>;
  openProfile(profileId: string): Promise<OpenProfile>;
  openTarget(text: string): Promise<OpenProfile>;
  exportProfiles(profileIds: string[]): Promise<string>;
  previewImport(json: string): Promise<ImportPlan>;
  applyImport(json: string, names: string[]): Promise<number>;
  suggestProfiles(): Promise<Suggestion[]>;
  acceptSuggestion(key: string): Promise<Profile>;
  /** The address while it is on. */
  exposeOnLocalhost(profileId: string, on: boolean): Promise<string | null>;
  exposure(profileId: string): Promise<string | null>;
  listRoutes(): Promise<Route[]>;
  saveRoute(route: Route): Promise<Route>;
  deleteRoute(routeId: string): Promise<null>;
  listAliases(): Promise<Alias[]>;
  resolveHop(hop: Hop): Promise<ResolvedHop>;
  listSecrets(profileId: string): Promise<SecretInfo[]>;
  setSecret(profileId: string, name: string, value: string, keep: Keep): Promise<null>;
  forgetSecret(profileId: string, name: string): Promise<null>;
  keyringState(): Promise<KeyringState>;
  listQuestions(): Promise<Pending[]>;
  answerQuestion(id: number, answer: Answer | null): Promise<null>;
  startTest(profile: Profile, route: Route | null): Promise<number>;
  readTest(id: number): Promise<TestReport>;
  stopTest(id: number): Promise<null>;
  promote(
    profileId: string,
    name: string,
    alias: string,
    expectedVersion: string | null,
    version: string,
    reason: string,
    confirmation: string | null,
  ): Promise<Now.Promotion>;
  undoPromotion(profileId: string, promotionId: string, confirmation: string | null): Promise<Now.Promotion>;
}
