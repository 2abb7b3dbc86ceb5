import type { MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '../shared/desktop-bridge.ts';

export interface MenuActions {
  command: (command: MenuCommand) => void;
  pickPipeline: () => void;
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
  return [
    ...(isMac ? [{ role: 'appMenu' } satisfies MenuItemConstructorOptions] : []),
    {
      label: '&File',
      submenu: [
        item('New pipeline', 'file.new', 'CmdOrCtrl+N'),
        { label: 'Open pipeline…', accelerator: 'CmdOrCtrl+O', click: actions.pickPipeline },
        item('Open a CSV…', 'file.open-csv'),
        { label: 'Open folder…', accelerator: 'CmdOrCtrl+Shift+O', click: actions.pickWorkspace },
        { type: 'separator' },
        item('Save', 'file.save', 'CmdOrCtrl+S'),
        item('Save as…', 'file.save-as', 'CmdOrCtrl+Shift+S'),
        { type: 'separator' },
        item('Close pipeline', 'file.close', 'CmdOrCtrl+W'),
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
