// The fields of a profile in words, and which errors in them can be found without a request. Pure.
import type {
  AppError,
  Environment,
  Keep,
  Profile,
  Route,
  ServerSettings,
  TlsSettings,
  Writes,
} from '../backend';

export interface Choice<T extends string> {
  value: T;
  label: string;
  /** What it means, in one line. */
  words: string;
}

export const ENVIRONMENTS: readonly Choice<Environment>[] = [
  { value: 'unmarked', label: 'Unmarked', words: 'No colour in the window.' },
  { value: 'dev', label: 'Dev', words: 'Green: to try things out.' },
  { value: 'test', label: 'Test', words: 'Amber: others may rely on it.' },
  { value: 'production', label: 'Production', words: 'Red, and named in the title of the window.' },
];

export const WRITES: readonly Choice<Writes>[] = [
  { value: 'allowed', label: 'Allowed', words: 'An alias moves after you have seen its card.' },
  {
    value: 'confirmed',
    label: 'Confirmed',
    words: 'Every write says what it will do and asks you to confirm it.',
  },
  {
    value: 'typed',
    label: 'Typed',
    words: 'The name of the model has to be typed before anything is written.',
  },
  { value: 'readOnly', label: 'Read-only', words: 'Nothing is ever written from here.' },
];

export const KEEPS: readonly Choice<Keep>[] = [
  { value: 'keyring', label: 'In the keyring', words: 'The system keeps it; it is there after a restart.' },
  { value: 'session', label: 'This session only', words: 'In memory until Podium closes.' },
  { value: 'never', label: 'Ask each time', words: 'Not kept: you are asked at every connection.' },
];

export function labelOf<T extends string>(choices: readonly Choice<T>[], value: T): string {
  return choices.find((choice) => choice.value === value)?.label ?? value;
}

/** How a profile's server is reached, in a few words for a list. */
export function routeWords(profile: Profile, routes: readonly Route[] | undefined): string {
  if (profile.kind !== 'server') return profile.kind === 'sample' ? 'comes with Podium' : 'on this machine';
  const { routeId, socketPath } = profile.server;
  const socket = socketPath === null ? '' : ` · socket ${socketPath}`;
  if (routeId === null) return `direct${socket}`;
  const route = routes?.find((each) => each.id === routeId);
  // A route that is gone must not look like a direct connection.
  if (!route) return routes ? 'through a route that is no longer there' : 'through a route';
  return `via ${hopsWords(route)}${socket}`;
}

/** `bastion → gpu-box`, with the route's own name where that says something else. */
export function hopsWords(route: Route): string {
  const hops = route.hops.map((hop) => (hop.user ? `${hop.user}@${hop.host}` : hop.host)).join(' → ');
  return route.name === '' || route.name === hops ? hops : `${route.name} (${hops})`;
}

export const MOVE_KEYS = { up: 'Alt Up', down: 'Alt Down' };

/** The list with the item at `from` put where `to` was; the same list if that is nowhere. */
export function moved<T>(list: readonly T[], from: number, to: number): readonly T[] {
  const item = list[from];
  if (item === undefined || from === to || to < 0 || to >= list.length) return list;
  const rest = list.toSpliced(from, 1);
  return rest.toSpliced(to, 0, item);
}

/** The fields of the editor that something can be wrong with, as the app calls them too. */
const FIELDS = [
  'name',
  'address',
  'route',
  'username',
  'pin',
  'clientKey',
  'headers',
  'hostHeader',
  'workspace',
  'proxy',
] as const;

export type Field = (typeof FIELDS)[number];

export type Problems = Partial<Record<Field, string>>;

const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const OWN_HEADERS = ['content-length', 'transfer-encoding', 'connection'];

/** What the app would refuse, said at the field before anything is sent. The app has the last word. */
export function problemsOf(profile: Profile, route?: Route): Problems {
  const problems: Problems = {};
  if (profile.name.trim() === '') problems.name = 'A profile needs a name.';
  if (profile.address.trim() === '') {
    problems.address = profile.kind === 'server' ? 'Type the address of the server.' : 'Type the path.';
  }
  if (profile.kind !== 'server') return problems;
  const { auth, tls, headers, proxy } = profile.server;
  if (route && route.hops.some((hop) => hop.host.trim() === '')) {
    problems.route = 'Every hop needs a host: an alias of your ssh config, a name or a number.';
  } else if (route?.hops.some((hop) => hop.port === 0)) {
    problems.route = 'A port is a number from 1 to 65535.';
  } else if (route?.hops.length === 0) {
    problems.route = 'A route needs at least one hop.';
  }
  if (auth.kind === 'basic' && (auth.username.trim() === '' || auth.username.includes(':'))) {
    problems.username = 'A sign-in by password needs a user name, without a colon.';
  }
  if (tls.pin !== null && !/^[0-9a-f]{64}$/i.test(tls.pin.replace(/[: ]/g, ''))) {
    problems.pin = 'A pin is the SHA-256 of the certificate: 64 hexadecimal digits.';
  }
  if (tls.clientKeyFile !== null && tls.clientCertificateFile === null) {
    problems.clientKey = 'A client key needs the client certificate that belongs to it.';
  }
  const names = headers.map(({ name }) => name.trim().toLowerCase());
  const bad = names.find((name) => !HEADER_NAME.test(name));
  const own = names.find((name) => OWN_HEADERS.includes(name));
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (bad !== undefined)
    problems.headers = bad === '' ? 'A header needs a name.' : `“${bad}” is no name of a header.`;
  else if (names.includes('host')) problems.headers = 'The Host header has a field of its own, below.';
  else if (own !== undefined) problems.headers = `The header ${own} is set by Podium itself.`;
  else if (twice !== undefined) problems.headers = `The header ${twice} is there twice.`;
  if (proxy.kind === 'fixed' && !/^(https?|socks5h?):\/\/[^/@\s]+\/?$/.test(proxy.url)) {
    problems.proxy = 'A proxy is http://host:port, https://host:port or socks5h://host:port.';
  }
  return problems;
}

/** The field that a refusal of the app is about, if it is about one. */
export function fieldOf({ part }: AppError): Field | undefined {
  return part?.kind === 'field' ? FIELDS.find((field) => field === part.name) : undefined;
}

/** `ab12…` as `AB:12:…`, the way certificates show fingerprints. */
export function colonPairs(hex: string): string {
  return (hex.replace(/[: ]/g, '').match(/.{1,2}/g) ?? []).join(':').toUpperCase();
}

const FIELD_NAMES: Record<string, string> = {
  name: 'Name',
  kind: 'Kind',
  address: 'Address',
  environment: 'Environment',
  writes: 'Writes',
  route: 'Route',
  'server.socketPath': 'Unix socket',
  'server.auth.kind': 'Sign-in',
  'server.auth.username': 'User name',
  'server.keep': 'Secrets are kept',
  'server.tls.caFile': 'CA file',
  'server.tls.clientCertificateFile': 'Client certificate',
  'server.tls.clientKeyFile': 'Client key',
  'server.tls.pinOnFirstUse': 'Trust on first use',
  'server.hostHeader': 'Host header',
  'server.workspace': 'Workspace',
  'server.proxy.kind': 'Proxy',
  'server.proxy.url': 'Proxy address',
};

/** A field of the file of profiles in words: `server.auth.username` is the user name. */
export function fieldName(path: string): string {
  const known = FIELD_NAMES[path];
  if (known) return known;
  const header = /^server\.headers\.(\d+)(?:\.(\w+))?$/.exec(path);
  if (header) return `Header ${header[1]}${header[2] ? `, ${header[2]}` : ''}`;
  const hop = /^(\d+)\.(\w+)$/.exec(path);
  if (hop) return `Hop ${hop[1]}, ${(hop[2] ?? '').replace(/[A-Z]/g, (c) => ` ${c.toLowerCase()}`)}`;
  return path;
}

const SECRET_NAMES: Record<string, string> = {
  password: 'password',
  token: 'token',
  'client-key': 'passphrase of the client key',
};

/** `header:x-api-key` in words. */
export function secretName(name: string): string {
  return SECRET_NAMES[name] ?? (name.startsWith('header:') ? `header ${name.slice(7)}` : name);
}

/** A remark of the app as a sentence: `the keyring is ready` with its capital and its stop. */
export function sentence(words: string): string {
  const text = words.trim();
  if (text === '') return '';
  return text.charAt(0).toUpperCase() + text.slice(1) + (/[.!?]$/.test(text) ? '' : '.');
}

/** An empty field is none. */
export function orNull(text: string): string | null {
  return text === '' ? null : text;
}

const listed = (words: (string | false)[]) => words.filter((each) => each !== false).join(', ');

/** What is set of TLS, while its fields are folded away. */
export function tlsWords(tls: TlsSettings): string {
  const words = listed([
    tls.pin !== null && 'one certificate pinned',
    tls.pinOnFirstUse && tls.pin === null && 'trust on first use',
    tls.caFile !== null && 'own authority',
    tls.clientCertificateFile !== null && 'client certificate',
  ]);
  return words || 'the system’s authorities';
}

/** What is set of the rest, while its fields are folded away. */
export function advancedWords(server: ServerSettings, headers: number): string {
  const words = listed([
    headers > 0 && (headers === 1 ? '1 header' : `${headers} headers`),
    server.hostHeader !== null && 'Host header',
    server.workspace !== null && `workspace ${server.workspace}`,
    server.proxy.kind === 'none' && 'no proxy',
    server.proxy.kind === 'fixed' && 'own proxy',
  ]);
  return words || 'nothing set';
}
