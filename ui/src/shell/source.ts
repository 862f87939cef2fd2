// Where what is shown comes from, in a few words, and everything that is known of it. Pure.
import type { OpenProfile } from '../backend';

export interface SourceWords {
  text: string;
  /** For the tooltip. */
  details: string;
}

export function sourceWords(connection: OpenProfile | undefined): SourceWords {
  if (!connection) return { text: '', details: '' };
  const { profile, state } = connection;
  const capabilities = state.kind === 'up' ? state.capabilities : undefined;
  const details = [capabilities?.description, profile.address].filter(Boolean).join('\n');
  if (profile.kind === 'sample') return { text: 'Sample workspace', details };
  if (profile.kind === 'local') return { text: lastPieces(profile.address), details };
  const host = profile.address.replace(/^https?:\/\//, '');
  const kind = capabilities?.version ? `MLflow ${capabilities.version}` : capabilities?.description;
  return { text: kind ? `${kind} · ${host}` : host, details };
}

/** A file by its own name and that of its folder. */
function lastPieces(path: string): string {
  return path.split(/[/\\]/).filter(Boolean).slice(-2).join('/');
}
