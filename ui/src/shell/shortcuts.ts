// Every key of the window, for the page behind `?`; each is handled where its action lives.
export interface ShortcutGroup {
  name: string;
  keys: [keys: string, does: string][];
}

export const SHORTCUTS: ShortcutGroup[] = [
  {
    name: 'Everywhere',
    keys: [
      ['Ctrl K', 'Search runs, models and commands'],
      ['Alt Left', 'Back'],
      ['Alt Right', 'Forward'],
      ['Ctrl B', 'Show or hide the sidebar'],
      ['F5', 'Refresh what is on screen'],
      ['Ctrl O', 'Open another place'],
      ['?', 'This page'],
    ],
  },
  {
    name: 'Profiles',
    keys: [
      ['Alt Up', 'Move the profile up'],
      ['Alt Down', 'Move the profile down'],
      ['Enter', 'Open the profile'],
      ['Ctrl S', 'Save the profile that is edited'],
    ],
  },
  {
    name: 'Runs',
    keys: [
      ['/', 'Filter runs'],
      ['Up', 'Previous row'],
      ['Down', 'Next row'],
      ['Space', 'Select or deselect the row'],
      ['Shift Down', 'Extend the selection'],
      ['Ctrl A', 'Select all that match'],
      ['Escape', 'Clear the selection'],
      ['Enter', 'Open the run'],
      ['C', 'Compare the selected runs'],
    ],
  },
  {
    name: 'Comparison',
    keys: [
      ['N', 'Next difference'],
      ['P', 'Previous difference'],
      ['O', 'Fold or open the section'],
      ['D', 'Only what differs, or all'],
      ['B', 'The run under the pointer is the baseline'],
    ],
  },
  {
    name: 'Models',
    keys: [
      ['U', 'Take back the last move of an alias'],
      ['[', 'The older version, on the page of one'],
      [']', 'The newer version'],
      ['C', 'Copy the code that uses it, while it is shown'],
    ],
  },
  {
    name: 'Charts',
    keys: [
      ['[', 'Only the table, or both'],
      [']', 'Only the charts, or both'],
      ['L', 'Logarithmic y axis'],
      ['X', 'Next x axis: step, time, relative'],
      ['Ctrl Z', 'Take back a change of the arrangement'],
    ],
  },
  {
    name: 'A chart that has the focus',
    keys: [
      ['F', 'Full size, and back'],
      ['Right', 'Next chart'],
      ['Enter', 'Into the chart: arrows walk its points'],
      ['Alt Right', 'Move it back'],
      ['Alt Left', 'Move it forward'],
      ['D', 'Duplicate it'],
      ['Delete', 'Remove it from the board'],
    ],
  },
  {
    name: 'Inside a chart',
    keys: [
      ['+', 'Nearer; with Alt in y'],
      ['-', 'Farther; with Alt in y'],
      ['Ctrl Right', 'Along the axis'],
      ['Backspace', 'One step of the zoom back'],
      ['0', 'Show everything'],
      ['T', 'Pin the values under the pointer'],
      ['Shift Enter', 'Select the run'],
    ],
  },
];
