// Only what was read may say that there is nothing: an empty state stands in <Nothing>, which knows. Others are about what
// the user typed or chose, and are listed here with their number.
import { expect, it } from 'vitest';

const sources = import.meta.glob<string>('./**/*.svelte', { query: '?raw', import: 'default', eager: true });

const OTHERS: Record<string, number> = {
  // No run matches the filter.
  './runs/RunsTable.svelte': 1,
  // An experiment that the server says it has deleted.
  './runs/Experiment.svelte': 1,
  // No charted run, no metric of the runs that are shown, no metric of that name.
  './runs/Charts.svelte': 3,
  // No metric of a run that is shown, or of the compared ones.
  './run/Metrics.svelte': 1,
  './compare/Compare.svelte': 1,
  // No model of that name.
  './models/Models.svelte': 1,
  // All prompts were read from the server this moment; there is none.
  './models/Prompts.svelte': 1,
  // A version whose source names files that are not of this server.
  './version/Version.svelte': 1,
  // No file is chosen; a listing that succeeded has no entries.
  './artifacts/Artifacts.svelte': 2,
  // A chart that is drawn has no rows.
  './charts/ChartDataDialog.svelte': 1,
  // Its versions were read; none has the metric.
  './models/VersionsChart.svelte': 1,
  // A drawing whose axes show no point.
  './charts/Picture.svelte': 1,
  // An empty file, or one that can only be saved.
  './artifacts/Preview.svelte': 1,
  // Behind every error of the connection and of the list.
  './profiles/Landing.svelte': 1,
  // What is kept on this machine.
  './profiles/ProfilesPage.svelte': 2,
};

it('says that there is nothing only where that was read', () => {
  const found: Record<string, number> = {};
  for (const [path, text] of Object.entries(sources)) {
    if (path.startsWith('./components/')) continue;
    const outside = text.replace(/<Nothing[\s\S]*?<\/Nothing\s*>/g, '');
    const count = outside.split('<EmptyState').length - 1;
    if (count > 0) found[path] = count;
  }
  expect(found).toEqual(OTHERS);
});
