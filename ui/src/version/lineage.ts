// The way from data to aliases, as far as it is known. What is missing is said, and never left out in silence. Pure.
import type { VersionPage } from '../backend';
import type { IconName } from '../components/icons';
import { formatCount } from '../format/number';
import type { Place } from '../route.svelte';

export interface Line {
  text: string;
  title?: string;
  quiet?: boolean;
}

/** One stop on the way. */
export interface Step {
  what: string;
  icon: IconName;
  /** The first says which; the rest more of it. */
  lines: Line[];
  /** Where it leads, if it has a page. */
  to?: Place;
  missing?: boolean;
  /** What the page is about. */
  here?: boolean;
}

/** Of more datasets the number is told. */
const MOST_DATASETS = 2;

function data({ datasets, run }: VersionPage): Step {
  const step = {
    what: datasets.length > 1 ? `Data · ${formatCount(datasets.length)}` : 'Data',
    icon: 'dataset',
  } as const;
  if (datasets.length === 0) {
    const why = run === null || run.known ? 'none was logged' : 'not known without the run';
    return { ...step, missing: true, lines: [{ text: why }] };
  }
  const lines = datasets.slice(0, MOST_DATASETS).map(({ name, digest, context, source }) => ({
    text: context ? `${name} (${context})` : name,
    title: [`digest ${digest}`, source].filter((part) => part !== '').join('\n'),
  }));
  const rest = datasets.length - lines.length;
  return {
    ...step,
    lines: rest > 0 ? [...lines, { text: `+${formatCount(rest)} more`, quiet: true }] : lines,
  };
}

function run(profileId: string, { run }: VersionPage): Step {
  const step = { what: 'Run', icon: 'run' } as const;
  if (run === null)
    return { ...step, missing: true, lines: [{ text: 'no run', title: 'The version names no run.' }] };
  const to: Place = { screen: 'run', profileId, runId: run.runId };
  if (run.known === null)
    return {
      ...step,
      missing: true,
      lines: [
        { text: run.displayName, title: run.runId },
        {
          text: 'not on this machine',
          title: 'It was not read yet, or the server no longer has it.',
          quiet: true,
        },
      ],
      to,
    };
  const where = run.known.experimentName ?? `experiment ${run.known.experimentId}`;
  return {
    ...step,
    lines: [
      { text: run.displayName, title: run.runId },
      { text: run.known.isDeleted ? `deleted, in ${where}` : `in ${where}` },
    ],
    to,
  };
}

/** A copy from another server says so in its tags; its source is then a copy of the files. */
function copiedFromElsewhere({ version }: VersionPage): Step | undefined {
  const tag = (key: string) => version.tags.find((each) => each.key === `podium.origin_${key}`)?.value;
  const [server, model, number] = [tag('server'), tag('model'), tag('version')];
  if (!model) return undefined;
  return {
    what: 'Copied from',
    icon: 'copy',
    lines: [
      { text: number ? `${model} v${number}` : model },
      ...(server ? [{ text: server.replace(/^https?:\/\//, ''), title: server }] : []),
    ],
  };
}

/** What the version was registered from, where that is neither its run nor a logged model of it. */
function origin(profileId: string, { origin, loggedModel, run }: VersionPage): Step | undefined {
  switch (origin.kind) {
    case 'version':
      return {
        what: 'Copied from',
        icon: 'copy',
        lines: [{ text: origin.model }, { text: `version ${origin.version}` }],
        to: { screen: 'version', profileId, name: origin.model, version: origin.version },
      };
    case 'alias':
      return {
        what: 'Copied from',
        icon: 'copy',
        lines: [{ text: origin.model }, { text: `what ${origin.alias} was on then`, quiet: true }],
        to: { screen: 'model', profileId, name: origin.model },
      };
    case 'run':
      return origin.runId === run?.runId || loggedModel
        ? undefined
        : {
            what: 'Files of run',
            icon: 'run',
            lines: [{ text: origin.runId }, { text: origin.path, quiet: true }],
            to: { screen: 'run', profileId, runId: origin.runId },
          };
    case 'files':
      return {
        what: 'Files',
        icon: 'folder',
        lines: [{ text: origin.uri.replace(/^[^/]+:\/+/, ''), title: origin.uri }],
      };
    case 'notKnown':
      return { what: 'Files', icon: 'folder', missing: true, lines: [{ text: 'no source' }] };
    case 'loggedModel':
      return undefined;
  }
}

function loggedModel({ loggedModel }: VersionPage): Step | undefined {
  if (loggedModel === null) return undefined;
  const { name, modelId, status, modelType } = loggedModel;
  const more = [modelType, status === 'READY' ? null : status?.toLowerCase()].filter((word) => word != null);
  return {
    what: 'Logged model',
    icon: 'model',
    missing: name === null,
    lines: [
      { text: name ?? modelId, title: modelId },
      name === null
        ? {
            text: 'not on this machine',
            title: 'It was not read yet, or the server no longer has it.',
            quiet: true,
          }
        : { text: more.join(', ') || modelId, title: modelId, quiet: true },
    ],
  };
}

export function lineageOf(profileId: string, page: VersionPage): Step[] {
  const aliases: Step = {
    what: 'Aliases',
    icon: 'star',
    missing: page.aliases.length === 0,
    lines:
      page.aliases.length === 0
        ? [{ text: 'none holds it' }]
        : page.aliases.slice(0, 3).map((alias) => ({ text: alias })),
    to: { screen: 'model', profileId, name: page.version.name },
  };
  return [
    data(page),
    run(profileId, page),
    loggedModel(page),
    copiedFromElsewhere(page) ?? origin(profileId, page),
    {
      what: 'Version',
      icon: 'model' as const,
      here: true,
      lines: [{ text: `v${page.version.version}` }, { text: page.version.name, quiet: true }],
    },
    aliases,
  ].filter((step) => step !== undefined);
}
