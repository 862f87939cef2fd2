// Copies in words. Pure.
import type { CopyView, CopyWay } from '../backend';
import { formatBytes } from '../format/number';

export const WAY_WORDS: Record<CopyWay, { label: string; words: string }> = {
  reference: {
    label: 'Name it as the source',
    words: 'The new version has the files, the run and the logged model of this one. Nothing is copied.',
  },
  files: {
    label: 'Copy the files',
    words:
      'They are read here and sent there, into a run that is made for them with the params, metrics and datasets. The version is made once all are there and were read back.',
  },
  place: {
    label: 'Name the same place',
    words: 'The new version has the same source. The other server must be able to read it.',
  },
};

export type CopyPhase = 'running' | 'left' | 'done';

export function phaseOf({ state, progress }: CopyView): CopyPhase {
  if (state.version !== null) return 'done';
  return progress === null ? 'left' : 'running';
}

/** How much of a copy is there, 0 to 1; undefined where that is not known. */
export function shareOf({ progress }: CopyView): number | undefined {
  if (!progress || progress.allFiles === 0) return undefined;
  return progress.allBytes !== null && progress.allBytes > 0
    ? progress.bytes / progress.allBytes
    : progress.files / progress.allFiles;
}

/** "2 of 5 files, 3.1 of 98 MB". */
export function amountWords({ state, progress }: CopyView): string {
  const done = state.files.filter(({ sha256 }) => sha256 !== null).length;
  const files = `${progress?.files ?? done} of ${state.files.length} files`;
  if (!progress || progress.allBytes === null) return files;
  return `${files}, ${formatBytes(progress.bytes)} of ${formatBytes(progress.allBytes)}`;
}
