// Prompts of the fake registry.
import type { PromptVersions, RegisteredModel } from './bindings';
import { NOW_MS } from './fake-data';

const DAY_MS = 86_400_000;

const prompt = (name: string, description: string, aliases: RegisteredModel['aliases']): RegisteredModel => ({
  name,
  description,
  creationTimeMs: NOW_MS - 40 * DAY_MS,
  lastUpdatedTimeMs: NOW_MS - 3 * DAY_MS,
  tags: [],
  aliases,
});

export const PROMPTS: RegisteredModel[] = [
  prompt('answer-from-manual', 'Answers a technician from the pages that were found.', [
    { alias: 'production', version: '2' },
  ]),
  prompt('summarize-call', 'Three sentences for the next agent.', []),
  prompt('要約', '', []),
];

export function promptVersionsOf(name: string): PromptVersions {
  const text = (number: number) =>
    `You are a careful assistant (${name}).\nAnswer only from the pages below. If they do not say, say so.\n\n{{ pages }}\n\nQuestion: {{ question }}${number > 1 ? '\nAnswer in the language of the question.' : ''}`;
  return {
    versions: [2, 1].map((number) => ({
      version: String(number),
      text: text(number),
      description: number === 2 ? 'Also answers in other languages' : '',
      creationTimeMs: NOW_MS - (10 - number) * DAY_MS,
      by: 'mika',
      tags: number === 2 ? [{ key: 'reviewed', value: 'yes' }] : [],
    })),
    aliases: [{ alias: 'production', version: '2' }],
    isWhole: true,
  };
}
