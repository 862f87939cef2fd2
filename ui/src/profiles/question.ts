// What a question of a connection is called on screen, and which buttons answer it. Pure.
import type { Keep, Question, SecretKind } from '../backend';
import { KEEPS, type Choice } from './profile';

export interface QuestionWords {
  title: string;
  yes: string;
  no: string;
}

const SECRETS: Record<SecretKind, (subject: string) => string> = {
  keyPassphrase: (subject) => `Passphrase of ${subject}`,
  sshPassword: (subject) => `Password of ${subject}`,
  httpPassword: (subject) => `Password for ${subject}`,
  token: (subject) => `Token for ${subject}`,
  header: (subject) => `Secret header: ${subject}`,
  clientKeyPassphrase: (subject) => `Passphrase of the client key ${subject}`,
};

export const FIELD_LABELS: Record<SecretKind, string> = {
  keyPassphrase: 'Passphrase',
  sshPassword: 'Password',
  httpPassword: 'Password',
  token: 'Token',
  header: 'Value',
  clientKeyPassphrase: 'Passphrase',
};

export function questionWords(question: Question): QuestionWords {
  switch (question.kind) {
    case 'hostKey':
      return { title: `Is this ${question.host}?`, yes: 'Trust this host', no: 'Do not connect' };
    case 'certificate':
      return { title: 'Trust this certificate?', yes: 'Trust this certificate', no: 'Do not connect' };
    case 'secret':
      return { title: SECRETS[question.what](question.subject), yes: 'Continue', no: 'Cancel' };
    case 'prompts':
      return { title: `Questions for ${question.subject}`, yes: 'Answer', no: 'Cancel' };
    case 'command':
      return { title: 'Run a program on this machine?', yes: 'Run it', no: 'Do not run it' };
  }
}

/** How many values a yes carries. */
export function valuesOf(question: Question): number {
  return question.kind === 'secret' ? 1 : question.kind === 'prompts' ? question.prompts.length : 0;
}

/** A question that is answered by yes or no, such as whether to trust a host key: neither is the default, so that Enter alone trusts nothing. */
export function isDecision(question: Question): boolean {
  return valuesOf(question) === 0;
}

/** The ways to keep an answer, in the order offered. */
export function keepChoices(keeps: readonly Keep[]): Choice<Keep>[] {
  return keeps.flatMap((keep) => KEEPS.find(({ value }) => value === keep) ?? []);
}

/** `2026-01-02T00:00:00Z` as a day for people; what is no date stays as it is. */
export function day(text: string): string {
  const time = Date.parse(text);
  return Number.isNaN(time) ? text : new Date(time).toISOString().slice(0, 10);
}
