/**
 * What the desktop gives a window beyond what a browser has. Absent (`window.flowyardShell` is undefined) in the browser form.
 *
 * The pipe to the host does not come by this bridge, since ports cannot cross it: for each `requestPort()` the window receives a `message` event
 * with data `hostPortMessage` and one port.
 */
export const hostPortMessage = { flowyard: 'port' } as const;

/** What a menu item asks of the window; the window's action of the same name does it. */
export const menuCommands = [
  'file.new',
  'file.open-csv',
  'file.open',
  'file.save',
  'file.save-as',
  'file.close',
  'edit.undo',
  'edit.redo',
  'edit.delete',
  'edit.select-all',
  'run.all',
  'run.stop',
  'view.commands',
  'view.fit',
  'view.keys',
] as const;
export type MenuCommand = (typeof menuCommands)[number];

/** Why a window is to close: it alone, the whole application, or the system, which waits for nobody. */
export type CloseReason = 'window' | 'quit' | 'system';

export interface DesktopBridge {
  /** Asks for a port to the host, at the start and whenever the last one was lost: a host that ended has been started again by then. */
  requestPort: () => void;
  platform: string;
  versions: { electron: string; chrome: string };
  /** Asks the person for a pipeline; opens it in the window of its workspace, which may be another. */
  pickPipeline: () => Promise<void>;
  /** Shows a file of this workspace in the system's file manager. */
  showInFolder: (pathInWorkspace: string) => Promise<void>;
  /** A pipeline that the system, the menu or a second start asks to open: its path in the workspace. What came before the first listener waits for it. */
  onOpenPipeline: (listener: (pathInWorkspace: string) => void) => () => void;
  /**
   * The window is to close. The listener answers with true once nothing would be lost, with false to stay; `asks` says that it asks the person first. Without a
   * listener there is nothing to lose.
   */
  onAskToClose: (listener: (why: CloseReason, asks: () => void) => Promise<boolean>) => () => void;
  onMenuCommand: (listener: (command: MenuCommand) => void) => () => void;
  /** Secrets lie in the system's keychain, where there is one; their values never come back to the window. */
  secrets: {
    hasKeychain: () => Promise<boolean>;
    names: () => Promise<string[]>;
    set: (name: string, value: string) => Promise<void>;
    remove: (name: string) => Promise<void>;
  };
}
