// Connections as hard to show as they come: long names and paths, many hops, many steps, wordy errors.
import type { AppError, Profile, Question, Route, Step, Suggestion } from './types';
import { newHop, newProfile, noSettings } from './new-profile';

const LONG_NAME = 'Qualitätssicherung der Bilderkennungsmodelle im Donaudampfschifffahrtsgesellschaftsarchiv';
const LONG_ADDRESS =
  'https://mlflow.forschungsrechenzentrum.niederoesterreichische-landesverwaltung.example.org:8443/experimente/bilderkennung/produktion';
const LONG_PATH =
  '/home/mika/Projekte/2025/bilderkennung/qualitaetssicherung/auswertungen/zwischenergebnisse/mlflow.db';
const LONG_HOST =
  'sprungserver-01.forschungsrechenzentrum.niederoesterreichische-landesverwaltung.example.org';

const HOPS = [
  newHop(LONG_HOST),
  { ...newHop('gpu-knoten-17.intern'), user: 'administrator.bilderkennung' },
  newHop('bastion'),
  { ...newHop('10.20.30.40', false), port: 2222, user: 'mika' },
  newHop('gpu-box'),
];

export const CROWDED_ROUTES: Route[] = [
  { id: 'r-long', name: 'Über den Sprungserver der Landesverwaltung ins Rechenzentrum', hops: HOPS },
  ...Array.from({ length: 12 }, (_, i) => ({ id: `r-${i}`, name: '', hops: [newHop(`knoten-${i}`)] })),
];

export const CROWDED_PROFILES: Profile[] = [
  {
    ...newProfile(),
    id: 'vision',
    name: LONG_NAME,
    address: LONG_ADDRESS,
    environment: 'production',
    writes: 'readOnly',
    server: {
      ...noSettings(),
      routeId: 'r-long',
      socketPath: '/run/user/1000/forschungsrechenzentrum/mlflow/tracking-server.sock',
      auth: { kind: 'basic', username: 'mika.mustermann-hohenlohe@forschungsrechenzentrum.example.org' },
      tls: {
        caFile: '~/Zertifikate/forschungsrechenzentrum/niederoesterreichische-landesverwaltung-ca-2025.pem',
        clientCertificateFile: '~/Zertifikate/forschungsrechenzentrum/mika.mustermann-hohenlohe.pem',
        clientKeyFile: null,
        pin: '3f9a0c71'.repeat(8),
        pinOnFirstUse: true,
      },
      headers: Array.from({ length: 6 }, (_, i) => ({
        name: `X-Forschungsrechenzentrum-Abteilung-${i}`,
        value: i % 2 ? null : 'bilderkennung-qualitätssicherung-und-auswertung',
      })),
      hostHeader: 'mlflow.intern.niederoesterreichische-landesverwaltung.example.org',
      workspace: 'bilderkennung-qualitaetssicherung',
    },
  },
  { ...newProfile(), id: 'thesis', name: LONG_NAME, kind: 'local', address: LONG_PATH, writes: 'readOnly' },
  ...Array.from({ length: 18 }, (_, i) => ({
    ...newProfile(),
    id: `p${i}`,
    name: i % 3 ? `Versuch ${i}` : `${LONG_NAME} ${i}`,
    address: i % 2 ? 'http://localhost:5000' : LONG_ADDRESS,
    environment: (['unmarked', 'dev', 'test', 'production'] as const)[i % 4] ?? 'unmarked',
    server: { ...noSettings(), routeId: i % 2 ? `r-${i % 12}` : null },
  })),
];

const ROUND = ['config', 'dns', 'tcp', 'banner', 'keyExchange', 'hostKey', 'auth'] as const;
const WORDY =
  'Angeboten wurden publickey, password und keyboard-interactive. Vom Server abgelehnt wurden SHA256:u7Yq0cF6k2xJ1n8bqv1l3oQmB0Hn7kqgV6yB2cF8s4E (~/.ssh/id_rsa_forschungsrechenzentrum_2019), SHA256:b1VxQ0u5w8Kq2cJ7mB0Hn7kqgV6yB2cF8s4Eu7Yq0c (Agent) und SHA256:9Jh0w8Kq2cJ7mB0Hn7kqgV6yB2cF8s4Eu7Yq0cb1VxQ (~/.ssh/id_ed25519).';

export const CROWDED_STEPS: Step[] = [
  ...HOPS.flatMap((hop, at) =>
    ROUND.map((name, i): Step => {
      const wordy = name === 'auth' && at % 2 === 0;
      return {
        name,
        subject: at === 0 ? `${hop.host}:22` : `${hop.host}:22 from ${HOPS[at - 1]?.host}`,
        state: wordy ? 'warned' : 'passed',
        detail: wordy
          ? WORDY
          : `found what was expected, as ~/.ssh/config.d/forschungsrechenzentrum:${i + 1} says`,
        remedy: wordy ? 'Set “Only the named keys” in the options of the hop.' : null,
        changedHost: null,
        tookMs: 10 ** (i - 1) * 1.7,
      };
    }),
  ),
  {
    name: 'channel',
    subject: `${LONG_HOST}:8443 from gpu-box`,
    state: 'failed',
    detail: `${WORDY} ${WORDY}`,
    remedy: `Ask the administrator of ${LONG_HOST} to set AllowTcpForwarding yes, or PermitOpen ${LONG_HOST}:8443.`,
    changedHost: null,
    tookMs: 12_345,
  },
  ...(['tls', 'http', 'mlflow', 'credentials', 'permissions', 'artifacts', 'workspaces'] as const).map(
    (name): Step => ({
      name,
      subject: LONG_ADDRESS,
      state: 'skipped',
      detail: 'not reached',
      remedy: null,
      changedHost: null,
      tookMs: null,
    }),
  ),
];

export const CROWDED_QUESTIONS: Question[] = [
  {
    kind: 'hostKey',
    host: LONG_HOST,
    hop: '1 of 5',
    keyType: 'RSA 8192',
    fingerprint: 'SHA256:u7Yq0cF6k2xJ1n8bqv1l3oQmB0Hn7kqgV6yB2cF8s4E',
    art: `+---[RSA 8192]----+\n${'|  . o+*=.  oo+=o |\n'.repeat(9)}+----[SHA256]-----+`,
    knownAs: Array.from({ length: 8 }, (_, i) => `knoten-${i}.${LONG_HOST} (~/.ssh/known_hosts:${i + 9})`),
    note: `Its certificate is signed by an unknown authority, and is valid for ${LONG_HOST} only until 2025-01-02.`,
  },
  {
    kind: 'secret',
    what: 'keyPassphrase',
    subject: '~/.ssh/forschungsrechenzentrum/niederoesterreichische-landesverwaltung/id_ed25519',
    again: true,
    keeps: ['keyring', 'session', 'never'],
    note: 'No keyring answers on this machine: there is no Secret Service on D-Bus. It can be kept for this session.',
  },
  {
    kind: 'prompts',
    subject: `administrator.bilderkennung@${LONG_HOST}`,
    name: 'Zwei-Faktor-Authentifizierung des Forschungsrechenzentrums der Landesverwaltung',
    instruction: 'Bitte öffnen Sie die Authentifizierungsanwendung auf Ihrem Diensttelefon.\n'.repeat(12),
    prompts: [
      { text: 'Einmalkennwort aus der Authentifizierungsanwendung (sechsstellig): ', echo: false },
      { text: 'Personalnummer: ', echo: true },
      { text: 'Gerätebezeichnung: ', echo: true },
    ],
  },
  {
    kind: 'command',
    purpose: `ProxyCommand of ${LONG_HOST}`,
    command: `/usr/local/bin/cloudflared access ssh --hostname ${LONG_HOST} --logfile ${LONG_PATH} `.repeat(
      3,
    ),
    from: '~/.ssh/config.d/forschungsrechenzentrum/niederoesterreichische-landesverwaltung.conf:1204',
  },
  {
    kind: 'certificate',
    address: LONG_ADDRESS,
    reason: 'It is signed by itself, it ran out 40 days ago, and it is for another name.',
    subject: `CN=${LONG_HOST}, OU=Bilderkennung, O=Niederösterreichische Landesverwaltung, C=AT`,
    issuer: `CN=${LONG_HOST}, OU=Bilderkennung, O=Niederösterreichische Landesverwaltung, C=AT`,
    names: Array.from({ length: 30 }, (_, i) => `knoten-${i}.forschungsrechenzentrum.example.org`),
    notBefore: '2024-01-02T00:00:00Z',
    notAfter: '2025-01-02T00:00:00Z',
    fingerprint: '3F:9A:0C:71:'.repeat(8).slice(0, -1),
  },
];

export const CROWDED_FAULT: AppError = {
  code: 'unreachable',
  message: `${LONG_HOST}:22: ${WORDY} ${WORDY}`,
  part: null,
};

export const CROWDED_SUGGESTIONS: Suggestion[] = Array.from({ length: 6 }, (_, i) => ({
  key: `ssh ${i}`,
  source: 'sshConfig',
  words: `Host ${LONG_HOST} in ~/.ssh/config.d/forschungsrechenzentrum forwards 5000 to localhost:5000 (line ${i}).`,
  profile: { ...newProfile(), name: i % 2 ? `knoten-${i}` : LONG_HOST, address: 'http://localhost:5000' },
  route: { id: '', name: '', hops: i % 2 ? [newHop(`knoten-${i}`)] : HOPS },
  secretsFound: i % 3 ? [] : ['password', 'header:x-forschungsrechenzentrum-abteilung'],
}));
