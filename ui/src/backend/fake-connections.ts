// The connections of the stand-in: profiles, routes, questions and tests that move as real ones do, made up.
import type {
  AppError,
  Change,
  ConnectionState,
  Commands,
  Pending,
  Profile,
  Question,
  Route,
  Step,
  Suggestion,
} from './types';
import { newHop, newProfile, noSettings } from './new-profile';
import { CROWDED_QUESTIONS, CROWDED_ROUTES, CROWDED_STEPS, CROWDED_SUGGESTIONS } from './fake-crowded';

export type LinkSituation = 'down' | 'reconnecting' | 'needsUser' | 'untrusted';

export const ROUTES: Route[] = [
  { id: 'r-office', name: 'office', hops: [newHop('bastion.corp'), { ...newHop('gpu-box'), user: 'mika' }] },
  { id: 'r-lab', name: 'lab', hops: [newHop('lab')] },
];

const SERVER: Profile = { ...newProfile(), kind: 'server' };

export const PROFILES: Profile[] = [
  {
    ...SERVER,
    id: 'vision',
    name: 'vision-team',
    address: 'http://localhost:5000',
    environment: 'production',
    writes: 'typed',
    server: {
      ...noSettings(),
      routeId: 'r-office',
      auth: { kind: 'basic', username: 'mika' },
      headers: [
        { name: 'X-Team', value: 'vision' },
        { name: 'CF-Access-Client-Secret', value: null },
      ],
    },
  },
  {
    ...SERVER,
    id: 'staging',
    name: 'vision-staging',
    address: 'https://mlflow.staging.corp/ml',
    environment: 'test',
    writes: 'confirmed',
    server: {
      ...noSettings(),
      auth: { kind: 'bearer' },
      tls: {
        ...noSettings().tls,
        caFile: '~/certs/corp-ca.pem',
        pin: '3f9a0c71'.repeat(8),
        pinOnFirstUse: true,
      },
    },
  },
  { ...SERVER, id: 'dev', name: 'my container', address: 'http://localhost:5001', environment: 'dev' },
  { ...SERVER, id: 'sample', name: 'Sample workspace', kind: 'sample', address: 'sample' },
  {
    ...SERVER,
    id: 'thesis',
    name: 'thesis',
    kind: 'local',
    address: '/home/mika/thesis/mlflow.db',
    writes: 'readOnly',
  },
];

const fault = (code: AppError['code'], message: string): AppError => ({ code, message, part: null });

export const FAULTS: Record<LinkSituation, AppError> = {
  down: fault('unreachable', 'http://localhost:5000: connection refused (os error 111)'),
  reconnecting: fault('unreachable', 'bastion.corp:22 answers no more; the network may have changed.'),
  needsUser: fault('needsUser', 'mika@bastion.corp asks for a verification code.'),
  untrusted: fault(
    'untrusted',
    'The host key of bastion.corp has changed. Expected SHA256:9Jh0…2fQ (~/.ssh/known_hosts:14), got SHA256:b1Vx…k0s.',
  ),
};

export function linkState(situation: LinkSituation): ConnectionState {
  const error = FAULTS[situation];
  if (situation === 'reconnecting') return { kind: 'reconnecting', error, retryInMs: 4000 };
  return { kind: 'down', error, retryInMs: situation === 'down' ? 8000 : null };
}

export const QUESTIONS: Question[] = [
  {
    kind: 'hostKey',
    host: 'bastion.corp',
    hop: '1 of 2',
    keyType: 'ED25519',
    fingerprint: 'SHA256:u7Yq0cF6k2xJ1n8bqv1l3oQmB0Hn7kqgV6yB2cF8s4E',
    art: [
      '+--[ED25519 256]--+',
      '|      .o+*=.     |',
      '|     . oo+=o     |',
      '|      o o=+ .    |',
      '|     . +o.+o     |',
      '|      ..S=..     |',
      '|     . .B =      |',
      '|      .=.X o     |',
      '|      .o*.+ E    |',
      '|       .+*..     |',
      '+----[SHA256]-----+',
    ].join('\n'),
    knownAs: ['10.0.0.7 (~/.ssh/known_hosts:9)'],
    note: null,
  },
  {
    kind: 'secret',
    what: 'keyPassphrase',
    subject: '~/.ssh/id_ed25519',
    again: true,
    keeps: ['keyring', 'session', 'never'],
    note: null,
  },
  {
    kind: 'prompts',
    subject: 'mika@bastion.corp',
    name: 'Two-step verification',
    instruction: 'Your organisation requires a second factor.\nOpen the authenticator on your phone.',
    prompts: [
      { text: 'Verification code: ', echo: false },
      { text: 'Device name (optional): ', echo: true },
    ],
  },
  {
    kind: 'command',
    purpose: 'ProxyCommand of gpu-box',
    command: '/usr/local/bin/cloudflared access ssh --hostname gpu-box.corp',
    from: '~/.ssh/config:14',
  },
  {
    kind: 'certificate',
    address: 'https://mlflow.staging.corp:8443',
    reason: 'It is self-signed, and this machine does not trust it.',
    subject: 'CN=mlflow.staging.corp, O=Corp ML',
    issuer: 'CN=mlflow.staging.corp, O=Corp ML',
    names: ['mlflow.staging.corp', '*.staging.corp', '10.0.0.7'],
    notBefore: '2026-01-02T00:00:00Z',
    notAfter: '2027-01-02T00:00:00Z',
    fingerprint: '3F:9A:0C:71:'.repeat(8).slice(0, -1),
  },
];

const RUN: Omit<Step, 'changedHost'>[] = [
  {
    name: 'config',
    subject: 'bastion.corp',
    state: 'passed',
    detail: 'bastion.corp is mika@10.0.0.7:22 (~/.ssh/config:3)',
    remedy: null,
    tookMs: 1.2,
  },
  { name: 'dns', subject: 'bastion.corp', state: 'passed', detail: '10.0.0.7', remedy: null, tookMs: 8.4 },
  { name: 'tcp', subject: 'bastion.corp:22', state: 'passed', detail: 'connected', remedy: null, tookMs: 21 },
  {
    name: 'banner',
    subject: 'bastion.corp:22',
    state: 'passed',
    detail: 'OpenSSH_9.2p1',
    remedy: null,
    tookMs: 11,
  },
  {
    name: 'keyExchange',
    subject: 'bastion.corp:22',
    state: 'passed',
    detail: 'mlkem768x25519-sha256, chacha20-poly1305',
    remedy: null,
    tookMs: 24,
  },
  {
    name: 'hostKey',
    subject: 'bastion.corp',
    state: 'passed',
    detail: 'ED25519 SHA256:u7Yq…s4E, known from ~/.ssh/known_hosts:14',
    remedy: null,
    tookMs: 0.3,
  },
  {
    name: 'auth',
    subject: 'mika@bastion.corp',
    state: 'warned',
    detail:
      'offered publickey, password; 4 keys of the agent were refused before ~/.ssh/id_ed25519 was taken',
    remedy:
      'Set “Only these keys” in the hop, or IdentitiesOnly yes in ~/.ssh/config:3, so that a server with a low MaxAuthTries does not hang up.',
    tookMs: 61,
  },
  {
    name: 'tcp',
    subject: 'gpu-box:22 from bastion.corp',
    state: 'passed',
    detail: 'connected',
    remedy: null,
    tookMs: 5,
  },
  {
    name: 'hostKey',
    subject: 'gpu-box',
    state: 'passed',
    detail: 'ED25519 SHA256:w0aa…1Qo, trusted in Podium',
    remedy: null,
    tookMs: 0.2,
  },
  {
    name: 'auth',
    subject: 'mika@gpu-box',
    state: 'passed',
    detail: '~/.ssh/id_ed25519 accepted',
    remedy: null,
    tookMs: 33,
  },
  {
    name: 'channel',
    subject: '127.0.0.1:5000 from gpu-box',
    state: 'failed',
    detail: 'gpu-box is reached, but nothing listens on its 127.0.0.1:5000: connection refused.',
    remedy: 'Start the tracking server on gpu-box, or correct the port in the address. SSH itself works.',
    tookMs: 46,
  },
  {
    name: 'http',
    subject: 'http://localhost:5000',
    state: 'skipped',
    detail: 'not reached',
    remedy: null,
    tookMs: null,
  },
  {
    name: 'mlflow',
    subject: 'http://localhost:5000',
    state: 'skipped',
    detail: 'not reached',
    remedy: null,
    tookMs: null,
  },
];

export const STEPS: Step[] = RUN.map((step) => ({ ...step, changedHost: null }));

export interface Around {
  /** `ask`: questions wait from the start. `asking`: a test asks. `exposed`: the port is open. */
  situations: readonly string[];
  profiles: Profile[];
  tell: (...changes: Change[]) => void;
  fail: (code: AppError['code'], message: string) => never;
  stateOf: () => ConnectionState;
}

const wait = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** The commands of connections, without those that open something to look at. */
type Made = Pick<
  Commands,
  | 'listProfiles'
  | 'saveProfile'
  | 'duplicateProfile'
  | 'deleteProfile'
  | 'orderProfiles'
  | 'exportProfiles'
  | 'saveExport'
  | 'previewImport'
  | 'applyImport'
  | 'suggestProfiles'
  | 'acceptSuggestion'
  | 'exposeOnLocalhost'
  | 'exposure'
  | 'listRoutes'
  | 'saveRoute'
  | 'deleteRoute'
  | 'listAliases'
  | 'resolveHop'
  | 'listSecrets'
  | 'setSecret'
  | 'forgetSecret'
  | 'keyringState'
  | 'listQuestions'
  | 'answerQuestion'
  | 'forgetHost'
  | 'startTest'
  | 'readTest'
  | 'stopTest'
>;

export function fakeConnections({ situations, profiles, tell, fail }: Around): Made {
  const crowded = situations.includes('crowded');
  const routes = structuredClone(crowded ? CROWDED_ROUTES : ROUTES);
  const questions = crowded ? CROWDED_QUESTIONS : QUESTIONS;
  const saved = new Set(['vision password', 'vision header:cf-access-client-secret', 'staging token']);
  const pending: Pending[] = situations.includes('ask')
    ? questions.map((question, id) => ({ id, profileName: 'vision-team', question }))
    : [];
  const exposed = new Map<string, string>(
    situations.includes('exposed') ? [['vision', 'http://127.0.0.1:41233']] : [],
  );
  const tests = new Map<number, { steps: Step[]; finished: boolean }>();
  const taken = new Set<string>();
  const need = (id: string) =>
    profiles.find((each) => each.id === id) ?? fail('notFound', 'There is no such profile.');
  const put = (profile: Profile) => {
    const at = profiles.findIndex((each) => each.id === profile.id);
    if (at < 0) profiles.push(profile);
    else profiles[at] = profile;
    tell({ kind: 'profiles' }, { kind: 'connection', profileId: profile.id });
  };
  const freeName = (name: string) =>
    [name, ...Array.from({ length: 50 }, (_, i) => `${name} (${i + 2})`)].find(
      (each) => !profiles.some((profile) => profile.name === each),
    ) ?? name;
  let next = 100;

  /** The test waits for an answer, as a real one does for a host that was never met. */
  async function asked(test: { steps: Step[]; finished: boolean }, id: number) {
    const question = questions[0] as Question;
    const mine = { id: next++, profileName: 'vision-team', question };
    pending.push(mine);
    test.steps[test.steps.length - 1] = {
      ...(test.steps.at(-1) as Step),
      state: 'asking',
      detail: 'a host never met',
    };
    tell({ kind: 'questions' }, { kind: 'test', id });
    while (pending.includes(mine) && !test.finished) await wait(50);
    if (pending.includes(mine)) pending.splice(pending.indexOf(mine), 1);
    tell({ kind: 'questions' });
  }

  async function run(id: number) {
    for (const step of crowded ? CROWDED_STEPS : STEPS) {
      const test = tests.get(id);
      if (!test || test.finished) return;
      test.steps.push({
        ...step,
        state: step.state === 'skipped' ? 'skipped' : 'running',
        detail: '',
        remedy: null,
        tookMs: null,
      });
      tell({ kind: 'test', id });
      if (step.state !== 'skipped') await wait(crowded ? 20 : 120);
      if (situations.includes('asking') && step.name === 'hostKey') await asked(test, id);
      if (test.finished) return;
      test.steps[test.steps.length - 1] = { ...step };
      tell({ kind: 'test', id });
    }
    const test = tests.get(id);
    if (test) test.finished = true;
    tell({ kind: 'test', id });
  }

  const suggestions: Suggestion[] = crowded
    ? CROWDED_SUGGESTIONS
    : [
        {
          key: 'ssh gpu-box http://localhost:5000',
          source: 'sshConfig' as const,
          words: 'Host gpu-box in ~/.ssh/config forwards 5000 to localhost:5000 (line 14).',
          profile: { ...SERVER, name: 'gpu-box', address: 'http://localhost:5000' },
          route: { id: '', name: 'gpu-box', hops: [newHop('gpu-box')] },
          secretsFound: [],
        },
        {
          key: 'environment',
          source: 'environment' as const,
          words: 'Found in the environment: MLFLOW_TRACKING_URI, a user name, a password',
          profile: {
            ...SERVER,
            name: 'mlflow.corp',
            address: 'https://mlflow.corp',
            server: { ...noSettings(), auth: { kind: 'basic' as const, username: 'mika' } },
          },
          route: null,
          secretsFound: ['password'],
        },
      ];

  return {
    listProfiles: () => Promise.resolve(structuredClone(profiles)),
    saveProfile: async (profile) => {
      await wait(250);
      if (profile.address.startsWith('ftp:'))
        fail('refused', `The address ${profile.address} is neither http nor https.`);
      if (profile.server.routeId && !routes.some((route) => route.id === profile.server.routeId))
        fail('notFound', 'There is no such route.');
      const whole = structuredClone({
        ...profile,
        id: profile.id || `p-${next++}`,
        name: profile.name.trim(),
      });
      put(whole);
      return whole;
    },
    duplicateProfile: async (id) => {
      const original = need(id);
      const copy = structuredClone({ ...original, id: `p-${next++}`, name: freeName(original.name) });
      profiles.splice(profiles.indexOf(original) + 1, 0, copy);
      tell({ kind: 'profiles' });
      return copy;
    },
    deleteProfile: async (id) => {
      profiles.splice(0, profiles.length, ...profiles.filter((profile) => profile.id !== id));
      tell({ kind: 'profiles' });
      return null;
    },
    orderProfiles: async (ids) => {
      profiles.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id));
      tell({ kind: 'profiles' });
      return null;
    },
    exportProfiles: async (ids) =>
      JSON.stringify(
        {
          podium: 1,
          profiles: profiles
            .filter(({ id, kind }) => kind !== 'sample' && (ids.length === 0 || ids.includes(id)))
            .map(({ id: _id, ...rest }) => rest),
          routes: routes.map(({ name, hops }) => ({ name, hops })),
        },
        null,
        2,
      ),
    saveExport: async () => {
      await wait(300);
      return '/home/mika/Downloads/podium-profiles.json';
    },
    previewImport: async (json) => {
      await wait(150);
      try {
        JSON.parse(json);
      } catch (error) {
        fail('refused', `This is not a list of Podium profiles: ${(error as Error).message}.`);
      }
      return {
        profiles: [
          {
            name: 'ranking-team',
            change: 'new',
            differences: [],
            missingSecrets: ['password', 'header:x-key'],
          },
          {
            name: 'vision-team',
            change: 'changed',
            differences: [
              { field: 'server.auth.username', from: 'mika', to: 'noor' },
              { field: 'server.hostHeader', from: '', to: 'mlflow.corp' },
              { field: 'server.headers.1.value', from: 'vision', to: 'vision-eu' },
            ],
            missingSecrets: [],
          },
          { name: 'my container', change: 'same', differences: [], missingSecrets: [] },
        ],
        routes: [
          {
            name: 'office',
            change: 'changed',
            differences: [{ field: '1.host', from: 'bastion.corp', to: 'jump.corp' }],
            missingSecrets: [],
          },
        ],
        problems: [
          '“old” goes through the route “gone”, which is neither in the file nor here; it is left out.',
        ],
      };
    },
    applyImport: async (_json, names) => {
      await wait(250);
      for (const name of names) {
        if (!profiles.some((profile) => profile.name === name)) {
          put({ ...SERVER, id: `p-${next++}`, name, address: 'https://ranking.corp' });
        }
      }
      return names.length;
    },
    suggestProfiles: async () => suggestions.filter(({ key }) => !taken.has(key)),
    acceptSuggestion: async (key) => {
      await wait(200);
      const found =
        suggestions.find((each) => each.key === key) ??
        fail('notFound', 'What was suggested is no longer there.');
      taken.add(key);
      const profile = structuredClone({
        ...found.profile,
        id: `p-${next++}`,
        name: freeName(found.profile.name),
      });
      put(profile);
      return profile;
    },
    exposeOnLocalhost: async (id, on) => {
      await wait(200);
      if (on) exposed.set(id, 'http://127.0.0.1:41233');
      else exposed.delete(id);
      tell({ kind: 'connection', profileId: id });
      return exposed.get(id) ?? null;
    },
    exposure: async (id) => exposed.get(id) ?? null,
    listRoutes: async () => structuredClone(routes),
    saveRoute: async (route) => {
      const whole = structuredClone({ ...route, id: route.id || `r-${next++}` });
      const at = routes.findIndex((each) => each.id === whole.id);
      if (at < 0) routes.push(whole);
      else routes[at] = whole;
      tell({ kind: 'profiles' });
      return whole;
    },
    deleteRoute: async (id) => {
      const user = profiles.find((profile) => profile.server.routeId === id);
      if (user) fail('refused', `The profile “${user.name}” goes through this route.`);
      routes.splice(0, routes.length, ...routes.filter((route) => route.id !== id));
      tell({ kind: 'profiles' });
      return null;
    },
    listAliases: async () => [
      { name: 'bastion.corp', words: 'mika@10.0.0.7 · ~/.ssh/config:3' },
      { name: 'gpu-box', words: 'mika@gpu-box.corp through bastion.corp · ~/.ssh/config:9' },
      { name: 'lab', words: 'lab.example.org · ~/.ssh/config.d/lab:1' },
    ],
    resolveHop: async (hop) => {
      await wait(80);
      const config = '~/.ssh/config';
      if (!hop.useConfig)
        return { lines: [{ label: 'Host', value: hop.host, source: 'given here' }], problems: [] };
      return {
        lines: [
          {
            label: 'Host name',
            value: hop.host === 'gpu-box' ? 'gpu-box.corp' : '10.0.0.7',
            source: `${config}:4`,
          },
          {
            label: 'Port',
            value: String(hop.port ?? 22),
            source: hop.port === null ? 'default' : 'given here',
          },
          { label: 'User', value: hop.user ?? 'mika', source: hop.user ? 'given here' : `${config}:5` },
          { label: 'Identity file', value: '~/.ssh/id_ed25519', source: `${config}:6` },
          { label: 'Agent', value: 'SSH_AUTH_SOCK', source: 'default' },
          ...(hop.host === 'gpu-box'
            ? [{ label: 'Jumps through', value: 'bastion.corp', source: `${config}:11` }]
            : []),
        ],
        problems:
          hop.host === 'gpu-box'
            ? [`${config}:12: “CanonicalizeHostname” is not supported and is not followed.`]
            : [],
      };
    },
    listSecrets: async (id) => {
      const { auth, headers } = need(id).server;
      const names = [
        ...(auth.kind === 'basic' ? ['password'] : auth.kind === 'bearer' ? ['token'] : []),
        ...headers.filter(({ value }) => value === null).map(({ name }) => `header:${name.toLowerCase()}`),
      ];
      return names.map((name) => ({ name, saved: saved.has(`${id} ${name}`) }));
    },
    setSecret: async (id, name) => {
      await wait(120);
      saved.add(`${id} ${name}`);
      return null;
    },
    forgetSecret: async (id, name) => {
      saved.delete(`${id} ${name}`);
      return null;
    },
    keyringState: async () =>
      situations.includes('noKeyring')
        ? {
            usable: false,
            words:
              'No keyring answers on this machine: there is no Secret Service on D-Bus. Passwords can be kept for this session.',
          }
        : { usable: true, words: 'the keyring is ready' },
    listQuestions: async () => structuredClone(pending),
    answerQuestion: async (id, answer) => {
      const at = pending.findIndex((each) => each.id === id);
      const [question] = at < 0 ? [] : pending.splice(at, 1);
      if (answer && question?.question.kind === 'secret' && answer.values[0] === 'wrong') {
        pending.unshift({ ...question, id: next++, question: { ...question.question, again: true } });
      }
      tell({ kind: 'questions' });
      return null;
    },
    forgetHost: async () => ['ssh-ed25519 SHA256:p663gHWbVmVe/8GuGAf0SwTXtLvSZKa4JQhid8BkyBI'],
    startTest: async () => {
      const id = next++;
      tests.set(id, { steps: [], finished: false });
      void run(id);
      return id;
    },
    readTest: async (id) => {
      const test = tests.get(id) ?? fail('notFound', 'This test is over. Run it again.');
      const text = [
        'Connection test',
        ...test.steps.map((step) => `${step.state} ${step.name} ${step.subject} ${step.detail}`),
      ];
      return { ...structuredClone(test), text: text.join('\n') };
    },
    stopTest: async (id) => {
      const test = tests.get(id);
      if (test && !test.finished) {
        test.finished = true;
        const last = test.steps.at(-1);
        if (last?.state === 'running')
          test.steps[test.steps.length - 1] = { ...last, state: 'skipped', detail: 'stopped' };
        tell({ kind: 'test', id });
      }
      return null;
    },
  };
}
