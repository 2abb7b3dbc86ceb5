/** One workspace on the screen: its window and its host. */
import {
  BrowserWindow,
  dialog,
  MessageChannelMain,
  screen,
  shell,
  utilityProcess,
  type IpcMainEvent,
  type IpcMainInvokeEvent,
  type MessageBoxOptions,
} from 'electron';
import { join } from 'node:path';
import type { CloseReason, MenuCommand } from '../shared/desktop-bridge.ts';
import { makeAskToClose, type AskToClose } from './ask-to-close.ts';
import { channels } from './channels.ts';
import { placeWindow, type WindowPlace } from './desktop-state.ts';
import { startHostProcess, type HostChild } from './host-process.ts';
import { nameInside } from './opened-file.ts';
import { origin } from './policy.ts';

export interface Workbench {
  workspace: string;
  owns: (event: IpcMainEvent | IpcMainInvokeEvent) => boolean;
  window: BrowserWindow;
  /** The page asks for its host: gives it a port, and the pipelines that waited for it. */
  connect: () => void;
  openPipeline: (path: string) => void;
  command: (command: MenuCommand) => void;
  focus: () => void;
  /** Whether it may close: it answers itself, or its person. */
  askToClose: (why: CloseReason) => Promise<boolean>;
  page: Pick<AskToClose, 'heard' | 'answered'>;
  /** It has agreed. */
  close: () => void;
  stopHost: () => Promise<void>;
}

export interface WorkbenchOptions {
  workspace: string;
  /** Folder of the bundled `main.js`, `preload.cjs` and `host.js`. */
  bundleFolder: string;
  hostEnvironment: NodeJS.ProcessEnv;
  readSecret: (name: string) => string | undefined;
  place: WindowPlace | undefined;
  onMoved: (place: WindowPlace) => void;
  onClosed: () => void;
  /** Windows tells it to each window. */
  onSystemEnds: () => void;
}

// Over 80 lines: one window, its host and what ties them.
export function openWorkbench(options: WorkbenchOptions): Workbench {
  const { workspace, bundleFolder } = options;
  const window = openWindow(options);
  const host = startHostProcess({
    fork: () => forkHost(options),
    makeChannel: () => new MessageChannelMain(),
    giveToWindow: (port) => {
      if (!window.isDestroyed()) window.webContents.postMessage(channels.hostPort, null, [port]);
    },
    onGaveUp: (code) => void askForRestart(window, code).then((again) => (again ? host.restart() : window.close())),
    nowMs: () => performance.now(),
  });
  const waiting: string[] = [];
  let isListening = false;
  const openPipeline = (path: string): void => {
    if (isListening) window.webContents.send(channels.openPipeline, nameInside(workspace, path));
    else waiting.push(path);
  };

  const focus = (): void => {
    if (window.isMinimized()) window.restore();
    window.focus();
  };
  const closing = makeAskToClose({
    send: (id, why) => window.webContents.send(channels.askToClose, id, why),
    onAsks: focus,
    askAboutDeaf: () => sayDeaf(window),
  });
  // Before the page listens there is nothing in it.
  const askToClose = async (why: CloseReason): Promise<boolean> =>
    window.isDestroyed() || !isListening ? true : closing.ask(why);
  let hasAgreed = false;
  const close = (): void => {
    hasAgreed = true;
    if (!window.isDestroyed()) window.close();
  };
  window.on('close', (event) => {
    if (hasAgreed) return;
    event.preventDefault();
    void askToClose('window').then((yes) => {
      if (yes) close();
    });
  });
  // The page was asked before: what a browser asks when it is left is not asked again, and never holds a window.
  window.webContents.on('will-prevent-unload', (event) => event.preventDefault());

  // A reload or a crash of the page ends its listening; it asks for a port again.
  // The page's own history (Back to the screen before) is no reload.
  window.webContents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
    if (isMainFrame && !isSameDocument) isListening = false;
  });
  window.webContents.on('render-process-gone', (_event, { reason }) => {
    closing.forget();
    if (reason !== 'clean-exit' && !window.isDestroyed()) window.reload();
  });
  void window.loadURL(`${origin}/index.html`);
  return {
    workspace,
    window,
    owns: ({ sender }) => !window.isDestroyed() && sender === window.webContents,
    connect: () => {
      isListening = true;
      host.connect();
      waiting.splice(0).forEach(openPipeline);
    },
    openPipeline,
    command: (command) => window.webContents.send(channels.menuCommand, command),
    focus,
    askToClose,
    page: closing,
    close,
    stopHost: () => host.stop(),
  };

  function forkHost({ hostEnvironment, readSecret }: WorkbenchOptions): HostChild {
    const child = utilityProcess.fork(
      join(bundleFolder, 'host.js'),
      ['--workspace', workspace, '--bundle', bundleFolder],
      {
        serviceName: 'Flowyard host',
        stdio: 'inherit',
        env: hostEnvironment,
      },
    );
    child.on('message', (message: unknown) => {
      answerSecret(message, readSecret, (answer) => child.postMessage(answer));
      const address = occupiedBy(message);
      if (address !== undefined) void sayOccupied(window, address).then(() => window.close());
    });
    return child;
  }
}

function openWindow({
  bundleFolder,
  place,
  onMoved,
  onClosed,
  onSystemEnds,
  workspace,
}: WorkbenchOptions): BrowserWindow {
  const displays = screen.getAllDisplays().map(({ workArea }) => workArea);
  const window = new BrowserWindow({
    ...placeWindow(place, displays),
    minWidth: 960,
    minHeight: 600,
    show: false,
    title: `${workspace} · Flowyard`,
    webPreferences: {
      preload: join(bundleFolder, 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
      spellcheck: false,
    },
  });
  if (place?.maximized === true) window.maximize();
  window.once('ready-to-show', () => window.show());
  window.on('close', () => onMoved({ bounds: window.getNormalBounds(), maximized: window.isMaximized() }));
  window.on('closed', onClosed);
  window.on('query-session-end', onSystemEnds);
  window.on('session-end', onSystemEnds);
  return window;
}

/** A box of a window that is not shown yet would stand alone, and its window be closed with it unseen. */
async function askIn(window: BrowserWindow, options: MessageBoxOptions): Promise<number> {
  if (!window.isVisible()) window.show();
  return (await dialog.showMessageBox(window, options)).response;
}

async function askForRestart(window: BrowserWindow, exitCode: number): Promise<boolean> {
  const response = await askIn(window, {
    type: 'error',
    message: 'The part of Flowyard that holds your workspace keeps ending.',
    detail: `It ended four times, last with code ${exitCode}. Unsaved work is kept and comes back with the next start.`,
    buttons: ['Start it again', 'Close the window'],
    defaultId: 0,
    cancelId: 1,
  });
  return response === 0;
}

async function sayDeaf(window: BrowserWindow): Promise<boolean> {
  const response = await askIn(window, {
    type: 'warning',
    message: 'This window does not answer.',
    detail: 'It may still be working. What was not saved is kept, and is offered with the next start.',
    buttons: ['Wait', 'Close it all the same'],
    defaultId: 0,
    cancelId: 0,
  });
  return response === 1;
}

/** Where the browser form has this workspace open already: a workspace has one host. */
function occupiedBy(message: unknown): string | undefined {
  if (message === null || typeof message !== 'object' || !('type' in message) || message.type !== 'occupied')
    return undefined;
  return 'address' in message && typeof message.address === 'string' ? message.address : undefined;
}

async function sayOccupied(window: BrowserWindow, address: string): Promise<void> {
  const response = await askIn(window, {
    message: 'This folder is open in Flowyard in your browser.',
    detail: 'A folder is worked on in one place at a time. End that one to work here.',
    buttons: ['Show it in the browser', 'Close'],
    defaultId: 0,
    cancelId: 1,
  });
  if (response === 0) await shell.openExternal(address);
}

/** The host asks for a secret by name; the window cannot. */
function answerSecret(
  message: unknown,
  read: (name: string) => string | undefined,
  answer: (message: unknown) => void,
): void {
  if (message === null || typeof message !== 'object' || !('type' in message) || message.type !== 'secret') return;
  if (!('name' in message) || typeof message.name !== 'string') return;
  let value: string | undefined;
  try {
    value = read(message.name);
  } catch {
    // A keychain that is locked: whoever needs the secret says that there is none.
    value = undefined;
  }
  answer({ type: 'secret', name: message.name, value });
}
