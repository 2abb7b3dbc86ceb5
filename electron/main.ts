/** The desktop's main process: windows, menu, dialogs and the app's own protocol. All else is in the window and in the host. */
import {
  app,
  BrowserWindow,
  ipcMain,
  Menu,
  net,
  powerMonitor,
  protocol,
  safeStorage,
  session,
  shell,
  type IpcMainEvent,
  type IpcMainInvokeEvent,
} from 'electron';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { appResponder } from './app-protocol.ts';
import { channels } from './channels.ts';
import { readDesktopState, writeDesktopState, type DesktopState } from './desktop-state.ts';
import { shippedNode } from './host-process.ts';
import { menuTemplate } from './menu.ts';
import { pipelineInArguments, secondStart, workspaceInArguments, workspaceOf, type Start } from './opened-file.ts';
import { isOwnUrl, mayHave, mayOpenOutside, scheme } from './policy.ts';
import { openSecrets } from './secrets.ts';
import { answerWindows, pickWorkspace } from './window-requests.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

const bundleFolder = import.meta.dirname;
const rendererFolder = join(bundleFolder, '..', 'renderer');
const stateFile = join(app.getPath('userData'), 'desktop.json');
const secrets = openSecrets(join(app.getPath('userData'), 'secrets.json'), safeStorage);

const workbenches = new Set<Workbench>();
let state: DesktopState = {};
/** A pipeline named before the app was ready: by its arguments, or by macOS. */
let first = pipelineInArguments(process.argv, process.cwd());
/** Of windows that were closed: quitting waits for them, so that a host can finish its writes. */
const endingHosts = new Set<Promise<void>>();
let hostsStopped = false;
/** The system ends: it waits for no answer of a person, and all that was done is written down. */
let systemEnds = false;
let isQuitting = false;

protocol.registerSchemesAsPrivileged([
  { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
]);
app.enableSandbox();
const thisStart: Start = { argv: process.argv, folder: process.cwd() };
if (app.requestSingleInstanceLock(thisStart)) listen();
else app.quit();

function listen(): void {
  app.on('second-instance', (_event, sortedArgv, itsFolder, said) => {
    const { argv, folder } = secondStart(said, sortedArgv, itsFolder);
    const pipeline = pipelineInArguments(argv, folder);
    const workspace = workspaceInArguments(argv, folder);
    if (pipeline !== undefined) openPipeline(pipeline);
    else if (workspace !== undefined) openWorkspace(workspace);
    else [...workbenches].at(-1)?.focus();
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    if (app.isReady()) openPipeline(path);
    else first = path;
  });
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => {
      if (!isOwnUrl(event.url)) event.preventDefault();
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      if (mayOpenOutside(url)) void shell.openExternal(url);
      return { action: 'deny' };
    });
  });
  app.on('window-all-closed', () => {
    if (process.platform !== 'darwin') app.quit();
  });
  app.on('activate', () => {
    if (workbenches.size === 0 && app.isReady()) openWorkspace(lastWorkspace());
  });
  app.on('before-quit', (event) => {
    if (hostsStopped) return;
    event.preventDefault();
    void quit();
  });
  void app.whenReady().then(start);
}

function start(): void {
  state = readDesktopState(stateFile);
  protocol.handle(
    scheme,
    appResponder(rendererFolder, (path) => net.fetch(pathToFileURL(path).href)),
  );
  session.defaultSession.setPermissionRequestHandler((_contents, permission, decide, { requestingUrl }) =>
    decide(mayHave(permission, requestingUrl)),
  );
  session.defaultSession.setPermissionCheckHandler((_contents, permission, requestingOrigin) =>
    mayHave(permission, requestingOrigin),
  );
  // Whoever ends a person's session sends one of these. Electron has its own handlers, set before it is ready, which would ask like a Quit.
  for (const signal of ['SIGTERM', 'SIGHUP', 'SIGINT'] as const) process.on(signal, endWithSystem);
  powerMonitor.on('shutdown', (...given: unknown[]) => {
    // Electron waits for an application that says so; its types leave the event out.
    const [event] = given;
    if (event !== null && typeof event === 'object' && 'preventDefault' in event)
      if (typeof event.preventDefault === 'function') event.preventDefault();
    endWithSystem();
  });
  answerWindows({
    workbenchOf: benchOf,
    openPipeline,
    secrets,
  });
  ipcMain.on(channels.closeHeard, (event, id: unknown, asks: unknown) =>
    benchOf(event)?.page.heard(Number(id), asks === true),
  );
  ipcMain.on(channels.closeAnswer, (event, id: unknown, yes: unknown) =>
    benchOf(event)?.page.answered(Number(id), yes === true),
  );
  ipcMain.on(channels.requestPort, (event) => benchOf(event)?.connect());
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, menuActions)));
  if (first === undefined) openWorkspace(workspaceInArguments(process.argv, process.cwd()) ?? lastWorkspace());
  else openPipeline(first);
}

const benchOf = (event: IpcMainEvent | IpcMainInvokeEvent): Workbench | undefined =>
  [...workbenches].find((bench) => bench.owns(event));

const menuActions = {
  command: (command: Parameters<Workbench['command']>[0]) => focused()?.command(command),
  pickWorkspace: () => void withFocused(async (bench) => openIf(await pickWorkspace(bench), openWorkspace)),
};

function focused(): Workbench | undefined {
  const window = BrowserWindow.getFocusedWindow();
  return [...workbenches].find((bench) => bench.window === window) ?? [...workbenches].at(-1);
}

async function withFocused(act: (bench: Workbench) => Promise<unknown>): Promise<void> {
  await act(focused() ?? openWorkspace(lastWorkspace()));
}

function openIf(path: string | undefined, open: (path: string) => unknown): void {
  if (path !== undefined) open(path);
}

function openPipeline(path: string): void {
  openWorkspace(workspaceOf(path)).openPipeline(path);
}

/** The window of this workspace, which is focused if it is there already: a workspace has one host. */
function openWorkspace(workspace: string): Workbench {
  const open = [...workbenches].find((bench) => bench.workspace === workspace);
  if (open) {
    open.focus();
    return open;
  }
  const bench = openWorkbench({
    workspace,
    bundleFolder,
    hostEnvironment: hostEnvironment(),
    readSecret: (name) => secrets.read(name),
    place: state.window,
    onMoved: (window) => remember({ window }),
    onSystemEnds: endWithSystem,
    onClosed: () => {
      workbenches.delete(bench);
      endingHosts.add(bench.stopHost());
    },
  });
  workbenches.add(bench);
  remember({ workspace });
  return bench;
}

function hostEnvironment(): NodeJS.ProcessEnv {
  const node = shippedNode(process.resourcesPath, process.platform);
  return node === undefined ? process.env : { ...process.env, FLOWYARD_NODE: node };
}

function lastWorkspace(): string {
  const folder = state.workspace ?? join(process.env['FLOWYARD_HOME'] ?? app.getPath('home'), 'Flowyard');
  mkdirSync(folder, { recursive: true });
  return folder;
}

function remember(change: DesktopState): void {
  state = { ...state, ...change };
  writeDesktopState(stateFile, state);
}

/** All windows agree first, one after the other; then they close, and the hosts end: who says no finds everything as it was. */
async function quit(): Promise<void> {
  if (isQuitting && !systemEnds) return;
  isQuitting = true;
  const why = systemEnds ? 'system' : 'quit';
  if (systemEnds) await Promise.all([...workbenches].map((bench) => bench.askToClose(why)));
  else
    for (const bench of workbenches)
      if (!(await bench.askToClose(why))) {
        isQuitting = false;
        return;
      }
  const benches = [...workbenches];
  for (const bench of benches) bench.close();
  await Promise.all([...endingHosts, ...benches.map((bench) => bench.stopHost())]);
  hostsStopped = true;
  app.quit();
}

function endWithSystem(): void {
  if (systemEnds) return;
  systemEnds = true;
  app.quit();
}
