// Asks how the app was started, restores the last place, and mounts the window.
import { mount } from 'svelte';
import './app.css';
import App from './App.svelte';
import { asAppError, commands, type Launch } from './backend';
import { syncZoom } from './charts/sync-zoom.svelte';
import { runsAsRows } from './compare/runs-as-rows.svelte';
import ErrorNote from './components/ErrorNote.svelte';
import { watchFaults } from './components/faults';
import { errorWords } from './errors';
import { welcomeForm } from './profiles/welcome-form.svelte';
import { lastPlace, profileOf, route } from './route.svelte';
import { restoreTheme } from './shell/theme-choice';

/** Opens what the command line asks for, or goes to the last place. */
async function begin(launch: Launch): Promise<void> {
  await Promise.all([restoreTheme(), syncZoom.restore(), runsAsRows.restore()]);
  if (launch.target !== null) {
    void welcomeForm.openText(launch.target);
    return;
  }
  const place = await lastPlace();
  const profileId = place && profileOf(place);
  if (!place || profileId === undefined) return;
  const known = await commands.listProfiles().catch(() => []);
  if (known.some((profile) => profile.id === profileId)) route.replace(place);
}

const target = document.getElementById('app');
watchFaults((thrown) => errorWords(asAppError(thrown)).title);
if (target) {
  try {
    const launch = await commands.launch();
    await begin(launch);
    mount(App, { target, props: { launch } });
  } catch (thrown) {
    const error = asAppError(thrown);
    const { title, todo } = errorWords(error);
    mount(ErrorNote, { target, props: { title, message: error.message, remedy: todo } });
  }
}
