// A profile, the settings of its server and a hop before anything was typed into them.
import type { Hop, Profile, ServerSettings } from './types';

export function noSettings(): ServerSettings {
  return {
    routeId: null,
    socketPath: null,
    auth: { kind: 'none' },
    keep: 'keyring',
    tls: { caFile: null, clientCertificateFile: null, clientKeyFile: null, pin: null, pinOnFirstUse: false },
    headers: [],
    hostHeader: null,
    workspace: null,
    proxy: { kind: 'system' },
  };
}

export function newProfile(): Profile {
  return {
    id: '',
    name: '',
    kind: 'server',
    address: '',
    environment: 'unmarked',
    writes: 'allowed',
    server: noSettings(),
    artifactFolders: [],
  };
}

export function newHop(host = '', useConfig = true): Hop {
  return {
    host,
    useConfig,
    port: null,
    user: null,
    identityFile: null,
    certificateFile: null,
    agent: null,
    identitiesOnly: null,
  };
}
