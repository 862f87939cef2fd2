// The icon set: 16 × 16, drawn with 1.4 px round strokes. `fill:` marks a path that is filled instead.
const icons = {
  alert: 'M8 2.2 14.3 13H1.7L8 2.2ZM8 6.4v3.2M8 11.4v.1',
  archive: 'M2.5 3h11v3h-11zM3.5 6v7h9V6M6.5 8.8h3',
  'arrow-down': 'M8 3v10M4 9l4 4 4-4',
  'arrow-left': 'M13 8H3M7 4 3 8l4 4',
  'arrow-right': 'M3 8h10M9 4l4 4-4 4',
  'arrow-up': 'M8 13V3M4 7l4-4 4 4',
  branch:
    'M5 4.5v7M5 4.5a1.5 1.5 0 1 0-.01 0M5 14.5a1.5 1.5 0 1 0-.01 0M11 6.5a1.5 1.5 0 1 0-.01 0M11 6.5c0 3-6 2-6 5',
  chart: 'M2.5 2.5v11h11M5 10l2.5-3.5 2.5 2L13.5 4',
  check: 'm3 8.5 3.2 3.2L13 4.8',
  'chevron-down': 'm4.5 6.5 3.5 3.5 3.5-3.5',
  'chevron-left': 'M9.5 4.5 6 8l3.5 3.5',
  'chevron-right': 'M6.5 4.5 10 8l-3.5 3.5',
  'chevron-up': 'm4.5 9.5 3.5-3.5 3.5 3.5',
  clock: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 4.8V8l2.2 1.6',
  close: 'm4 4 8 8M12 4l-8 8',
  code: 'M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5',
  columns: 'M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10',
  compare: 'M5 2.5v11M11 2.5v11M2.5 5H5M2.5 8H5M11 8h2.5M11 11h2.5M7 8h2',
  copy: 'M5.5 5.5h8v8h-8zM3.5 10.5h-1v-8h8v1',
  database:
    'M13 4c0 1.1-2.2 2-5 2s-5-.9-5-2 2.2-2 5-2 5 .9 5 2ZM3 4v8c0 1.1 2.2 2 5 2s5-.9 5-2V4M3 8c0 1.1 2.2 2 5 2s5-.9 5-2',
  dataset: 'M2.5 3h11v10h-11zM2.5 6.3h11M2.5 9.6h11M6.2 6.3V13',
  download: 'M8 2.5v7.5M4.5 6.8 8 10.3l3.5-3.5M2.5 13.5h11',
  edit: 'm10.8 2.8 2.4 2.4L5.5 13H3v-2.5l7.8-7.7Z',
  error: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 5v3.5M8 10.8v.1',
  experiment: 'M6.2 2.5h3.6M7 2.5v4L3.4 12a1 1 0 0 0 .9 1.5h7.4a1 1 0 0 0 .9-1.5L9 6.5v-4M5.2 9.5h5.6',
  external: 'M9 2.5h4.5V7M13.2 2.8 8 8M6.5 3.5h-3v9h9v-3',
  eye: 'M1.5 8S4 3.8 8 3.8 14.5 8 14.5 8 12 12.2 8 12.2 1.5 8 1.5 8ZM8 9.8a1.8 1.8 0 1 0 0-3.6 1.8 1.8 0 0 0 0 3.6Z',
  'eye-off':
    'M3.5 5.4C2.2 6.6 1.5 8 1.5 8S4 12.2 8 12.2c1 0 1.9-.2 2.7-.6M6.4 4c.5-.1 1-.2 1.6-.2 4 0 6.5 4.2 6.5 4.2s-.6 1-1.6 2.1M2.5 2.5l11 11',
  file: 'M4 1.8h5L12.5 5v9.2H4zM9 1.8V5h3.5',
  filter: 'M2 3.5h12M4.5 8h7M6.8 12.5h2.4',
  flag: 'M3.5 14V2.5M3.5 3h8.5L10.3 6 12 9H3.5',
  folder: 'M1.8 4a1 1 0 0 1 1-1h3.4l1.5 1.8h5.5a1 1 0 0 1 1 1V12a1 1 0 0 1-1 1H2.8a1 1 0 0 1-1-1V4Z',
  'folder-open':
    'M1.8 11.5V4a1 1 0 0 1 1-1h3.4l1.5 1.8h4a1 1 0 0 1 1 1v1M1.8 12 4 6.8h10.5L12.6 13H2.3a.6.6 0 0 1-.5-1Z',
  gear: 'M8 10a2 2 0 1 0 0-4 2 2 0 0 0 0 4ZM8 1.8v1.7M8 12.5v1.7M1.8 8h1.7M12.5 8h1.7M3.6 3.6l1.2 1.2M11.2 11.2l1.2 1.2M12.4 3.6l-1.2 1.2M4.8 11.2l-1.2 1.2M8 12.3a4.3 4.3 0 1 0 0-8.6 4.3 4.3 0 0 0 0 8.6Z',
  grip: 'fill:M5 3h2v2H5zM9 3h2v2H9zM5 7h2v2H5zM9 7h2v2H9zM5 11h2v2H5zM9 11h2v2H9z',
  history: 'M2.5 3v3.2h3.2M2.8 6a5.6 5.6 0 1 1-.4 3M8 5v3.2l2 1.3',
  home: 'm2 7.5 6-5 6 5M3.8 6.3v7.2h8.4V6.3',
  image: 'M2 3h12v10H2zM2 11l3.5-3.5 3 3L10.8 8 14 11M10.6 6.1v-.1',
  info: 'M8 14A6 6 0 1 0 8 2a6 6 0 0 0 0 12ZM8 7.4V11M8 5.1V5',
  key: 'M5.2 13.2a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM7.4 8 13 2.4M10.4 5l2 2',
  keyboard: 'M1.5 4h13v8.5h-13zM4 6.5v.1M6.7 6.5v.1M9.3 6.5v.1M12 6.5v.1M4 10h8',
  link: 'M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.2-2.2A2.6 2.6 0 0 0 9 3.3l-.8.8M9.2 6.8a2.6 2.6 0 0 0-3.7 0L3.3 9A2.6 2.6 0 0 0 7 12.7l.8-.8',
  lock: 'M3.5 7h9v6.5h-9zM5.3 7V5a2.7 2.7 0 0 1 5.4 0v2',
  maximize: 'M9.5 2.5h4v4M13.2 2.8 9.5 6.5M6.5 13.5h-4v-4M2.8 13.2l3.7-3.7',
  metric: 'M2.5 13.5V9M6.2 13.5v-8M9.8 13.5V7.5M13.5 13.5v-11',
  minimize: 'M13.5 6.5h-4v-4M9.8 6.2l3.7-3.7M2.5 9.5h4v4M6.2 9.8l-3.7 3.7',
  minus: 'M3.5 8h9',
  model: 'M8 1.8 13.5 5v6L8 14.2 2.5 11V5L8 1.8ZM2.5 5 8 8.1 13.5 5M8 8.1v6.1',
  more: 'fill:M3 6.8h2.4v2.4H3zM6.8 6.8h2.4v2.4H6.8zM10.6 6.8H13v2.4h-2.4z',
  offline:
    'M2 6.2C5.4 3.3 10.6 3.3 14 6.2M4.3 8.8c2.2-1.8 5.2-1.8 7.4 0M6.6 11.3c.9-.7 1.9-.7 2.8 0M2.5 2.5l11 11',
  param:
    'M2 4.5h5M11 4.5h3M9 4.5m-1.7 0a1.7 1.7 0 1 0 3.4 0 1.7 1.7 0 1 0-3.4 0M2 11.5h2M8 11.5h6M6 11.5m-1.7 0a1.7 1.7 0 1 0 3.4 0 1.7 1.7 0 1 0-3.4 0',
  pin: 'M5.5 2.5h5l-.7 4 2.2 2.3H4l2.2-2.3-.7-4ZM8 8.8v4.7',
  plug: 'M5.5 2v3M10.5 2v3M3.5 5h9v2.5a4.5 4.5 0 0 1-9 0V5ZM8 12v2.2',
  plus: 'M8 3.5v9M3.5 8h9',
  podium: 'fill:M2 9.5h3.6V14H2zM6.2 3h3.6v11H6.2zM10.4 7H14v7h-3.6z',
  refresh: 'M13.5 3v3.2h-3.2M13.2 6a5.6 5.6 0 1 0 .4 3',
  run: 'M5 3.2v9.6L12.8 8 5 3.2Z',
  save: 'M2.5 2.5h8.8l2.2 2.2v8.8h-11zM5 2.5v4h5.5v-4M5 13.5V9.5h6v4',
  search: 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.3 10.3 14 14',
  server: 'M2.5 2.8h11v4.4h-11zM2.5 8.8h11v4.4h-11zM5 5v.1M5 11v.1',
  sidebar: 'M2 3h12v10H2zM6 3v10',
  signature:
    'M2 12.8h12M3 9.8c2-6.2 4.4-7.4 4.7-5.4.3 2.2-2.3 4.5-1.2 5.4 1 .8 2.2-2.2 3-1.8.6.3 0 1.6.8 1.8.8.2 1.4-.7 2.7-.7',
  sliders: 'M4 2.5v4M4 10v3.5M8 2.5v6M8 12v1.5M12 2.5v2M12 8v5.5M2.5 8.2h3M6.5 10.2h3M10.5 6.2h3',
  sort: 'M5 13V3M2.5 5.5 5 3l2.5 2.5M11 3v10M8.5 10.5 11 13l2.5-2.5',
  star: 'fill:m8 1.9 1.85 3.9 4.25.55-3.1 2.95.78 4.2L8 11.45 4.22 13.5 5 9.3 1.9 6.35l4.25-.55L8 1.9Z',
  'star-outline': 'm8 2.3 1.7 3.6 3.9.5-2.85 2.7.72 3.85L8 11.1l-3.47 1.85.72-3.85L2.4 6.4l3.9-.5L8 2.3Z',
  stop: 'M4 4h8v8H4z',
  table: 'M2 3h12v10H2zM2 6.2h12M6 6.2V13',
  tag: 'M2.5 2.5h5l6 6-5 5-6-6v-5ZM5.3 5.4v-.1',
  text: 'M3 4h10M3 8h10M3 12h6',
  trash: 'M2.8 4.2h10.4M6 4V2.5h4V4M4.2 4.2l.6 9.3h6.4l.6-9.3M6.7 6.8v4M9.3 6.8v4',
  undo: 'M5.8 3.2 2.5 6.5l3.3 3.3M2.8 6.5h6.4a3.7 3.7 0 0 1 0 7.4H7',
  user: 'M8 8a2.8 2.8 0 1 0 0-5.6A2.8 2.8 0 0 0 8 8ZM2.8 13.8c.5-2.6 2.5-3.9 5.2-3.9s4.7 1.3 5.2 3.9',
  'zoom-reset': 'M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9ZM10.3 10.3 14 14M5 7h4',
} as const;

export type IconName = keyof typeof icons;
export const iconNames = Object.keys(icons) as IconName[];

/** The path of an icon, and whether it is filled rather than stroked. */
export function iconPath(name: IconName): { d: string; filled: boolean } {
  const d: string = icons[name];
  return d.startsWith('fill:') ? { d: d.slice(5), filled: true } : { d, filled: false };
}
