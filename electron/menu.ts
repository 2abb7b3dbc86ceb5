import type { MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '../shared/desktop-bridge.ts';

export interface MenuActions {
  command: (command: MenuCommand) => void;
  pickWorkspace: () => void;
}

/**
 * The application's menu. Items that the window knows too are sent to it as commands, so that a menu, a key and the palette do
 * the same; editing text keeps the system's own roles.
 */
export function menuTemplate(platform: string, actions: MenuActions): MenuItemConstructorOptions[] {
  const isMac = platform === 'darwin';
  const item = (label: string, command: MenuCommand, accelerator?: string): MenuItemConstructorOptions => ({
    label,
    click: () => actions.command(command),
    // The window listens for the keys itself: registering them here would take them from text fields.
    ...(accelerator === undefined ? {} : { accelerator, registerAccelerator: false }),
  });
  /** Browsers keep these keys for themselves, so the window has others for the same. */
  const desktopKey = (label: string, command: MenuCommand, accelerator: string): MenuItemConstructorOptions => ({
    label,
    click: () => actions.command(command),
    accelerator,
  });
  return [
    ...(isMac ? [{ role: 'appMenu' } satisfies MenuItemConstructorOptions] : []),
    {
      label: '&File',
      submenu: [
        desktopKey('New pipeline', 'file.new', 'CmdOrCtrl+N'),
        item('Open a CSV…', 'file.open-csv', 'CmdOrCtrl+O'),
        item('Open pipeline…', 'file.open', 'CmdOrCtrl+Shift+O'),
        { label: 'Open folder…', accelerator: 'CmdOrCtrl+Alt+O', click: actions.pickWorkspace },
        { type: 'separator' },
        item('Save', 'file.save', 'CmdOrCtrl+S'),
        item('Save as…', 'file.save-as', 'CmdOrCtrl+Shift+S'),
        { type: 'separator' },
        desktopKey('Close pipeline', 'file.close', 'CmdOrCtrl+W'),
        ...(isMac ? [] : [{ role: 'quit' } satisfies MenuItemConstructorOptions]),
      ],
    },
    {
      label: '&Edit',
      submenu: [
        item('Undo', 'edit.undo', 'CmdOrCtrl+Z'),
        item('Redo', 'edit.redo', isMac ? 'Cmd+Shift+Z' : 'Ctrl+Y'),
        { type: 'separator' },
        { role: 'cut' },
        { role: 'copy' },
        { role: 'paste' },
        item('Delete', 'edit.delete', 'Delete'),
        item('Select all', 'edit.select-all', 'CmdOrCtrl+A'),
      ],
    },
    { label: '&Run', submenu: [item('Run', 'run.all', 'CmdOrCtrl+Enter'), item('Cancel', 'run.stop')] },
    {
      label: '&View',
      submenu: [
        item('Commands…', 'view.commands', 'CmdOrCtrl+K'),
        item('Fit to window', 'view.fit'),
        { type: 'separator' },
        { role: 'resetZoom' },
        { role: 'zoomIn' },
        { role: 'zoomOut' },
        { role: 'togglefullscreen' },
        { role: 'toggleDevTools' },
      ],
    },
    ...(isMac ? [{ role: 'windowMenu' } satisfies MenuItemConstructorOptions] : []),
    {
      role: 'help',
      submenu: [item('Keyboard shortcuts', 'view.keys')],
    },
  ];
}
