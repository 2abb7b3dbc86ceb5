import type { LucideIcon } from 'lucide-react';

export type ActionGroup = 'edit' | 'run' | 'view' | 'file' | 'add' | 'go';

/** One thing that a person can do. Menus, keys, the command search and buttons all come from it. */
export interface Action {
  id: string;
  group: ActionGroup;
  title: () => string;
  icon?: LucideIcon;
  /** `Mod` is Ctrl, or ⌘ on a Mac: `Mod+Shift+Z`, `Alt+ArrowLeft`, `/`, `?`. The first is shown. */
  keys?: readonly string[];
  /** `canvas`: its keys hold only while the canvas has the focus. */
  scope?: 'window' | 'canvas';
  /** Whether it can be done now. Default: always. */
  when?: () => boolean;
  /** Left out of the command search (walking by arrows). */
  hidden?: boolean;
  run: () => void;
}
