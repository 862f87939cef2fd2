// Headers as rows of the editor: a row keeps what was typed apart from what the profile may say. Pure.
import type { ExtraHeader } from '../backend';

export interface HeaderRow {
  /** Tells rows apart while their names change. */
  key: number;
  name: string;
  /** The plain value, or the new secret that was typed. */
  value: string;
  secret: boolean;
}

let next = 0;

export function newRow(): HeaderRow {
  return { key: next++, name: '', value: '', secret: false };
}

export function rowsOf(headers: readonly ExtraHeader[]): HeaderRow[] {
  return headers.map(({ name, value }) => ({
    ...newRow(),
    name,
    value: value ?? '',
    secret: value === null,
  }));
}

/** The headers as the profile has them: without any secret value. */
export function headersOf(rows: readonly HeaderRow[]): ExtraHeader[] {
  return rows.map(({ name, value, secret }) => ({ name, value: secret ? null : value }));
}

/** The name of the vault's slot for a secret header. */
export function slotOf(name: string): string {
  return `header:${name.trim().toLowerCase()}`;
}

/** Secrets that were typed into rows, by slot. */
export function typedSecrets(rows: readonly HeaderRow[]): [slot: string, value: string][] {
  return rows
    .filter(({ secret, value }) => secret && value !== '')
    .map(({ name, value }) => [slotOf(name), value]);
}
