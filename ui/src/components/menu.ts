// What a menu holds; the same list serves buttons, right clicks and the palette.
import type { IconName } from './icons';

export interface MenuItem {
  label: string;
  icon?: IconName;
  /** A shortcut to show. */
  keys?: string;
  danger?: boolean;
  /** True, or the reason, which is shown. */
  disabled?: boolean | string;
  /** Makes it a check item. */
  checked?: boolean;
  onselect?: () => void;
  /** Makes it a submenu. */
  items?: MenuEntry[];
}

export type MenuEntry = MenuItem | { separator: true } | { heading: string };
