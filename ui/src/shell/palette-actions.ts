// The actions of the command palette, on any screen.
import type { Command } from '../components/CommandPalette.svelte';
import { theme } from '../components/theme.svelte';
import { route } from '../route.svelte';
import { runRef } from '../run-ref';
import type { RunsState } from '../runs/runs.svelte';
import type { Shell } from './shell.svelte';
import { THEMES, setTheme } from './theme-choice';

export function actions(shell: Shell): Command[] {
  return [
    ...(shell.workspace ? viewActions(shell) : []),
    ...(shell.runs && !shell.runs.compareRefusal ? [compareAction(shell.runs)] : []),
    ...themeActions(),
    {
      id: 'help',
      label: 'Keyboard shortcuts',
      group: 'View',
      icon: 'keyboard',
      keys: '?',
      run: () => (shell.shortcutsOpen = true),
    },
  ];
}

function viewActions(shell: Shell): Command[] {
  return [
    { id: 'refresh', label: 'Refresh', group: 'View', icon: 'refresh', keys: 'F5', run: shell.refresh },
    {
      id: 'sidebar',
      label: shell.sidebar ? 'Hide the sidebar' : 'Show the sidebar',
      group: 'View',
      icon: 'sidebar',
      keys: 'Ctrl B',
      run: shell.toggleSidebar,
    },
  ];
}

function compareAction({ profileId, selection }: RunsState): Command {
  return {
    id: 'compare',
    label: `Compare the ${selection.size} selected runs`,
    group: 'Runs',
    icon: 'compare',
    keys: 'C',
    run: () => route.go({ screen: 'compare', profileId, runs: selection.rows.map(runRef) }),
  };
}

function themeActions(): Command[] {
  return THEMES.filter(([choice]) => choice !== theme.choice).map(([choice, label]) => ({
    id: `theme-${choice}`,
    label,
    words: 'theme appearance mode',
    group: 'View',
    icon: 'eye',
    run: () => setTheme(choice),
  }));
}
