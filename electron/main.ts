/** The desktop's main process: windows, menu, dialogs and the app's own protocol. All else is in the window and in the host. */
import { app, BrowserWindow, Menu, net, protocol, safeStorage, session, shell, ipcMain } from 'electron';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { appResponder } from './app-protocol.ts';
import { channels } from './channels.ts';
import { readDesktopState, writeDesktopState, type DesktopState } from './desktop-state.ts';
import { shippedNode } from './host-process.ts';
import { menuTemplate } from './menu.ts';
import { pipelineInArguments, workspaceInArguments, workspaceOf } from './opened-file.ts';
import { isOwnUrl, mayHave, mayOpenOutside, scheme } from './policy.ts';
import { openSecrets } from './secrets.ts';
import { answerWindows, pickPipeline, pickWorkspace } from './window-requests.ts';
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

protocol.registerSchemesAsPrivileged([
  { scheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
]);
app.enableSandbox();
if (app.requestSingleInstanceLock()) listen();
else app.quit();

function listen(): void {
  app.on('second-instance', (_event, argv, folder) => {
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
    void stopHosts().then(() => app.quit());
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
  answerWindows({
    workbenchOf: (event) => [...workbenches].find((bench) => bench.owns(event)),
    openPipeline,
    openWorkspace,
    secrets,
  });
  ipcMain.on(channels.requestPort, (event) => [...workbenches].find((bench) => bench.owns(event))?.connect());
  Menu.setApplicationMenu(Menu.buildFromTemplate(menuTemplate(process.platform, menuActions)));
  if (first === undefined) openWorkspace(workspaceInArguments(process.argv, process.cwd()) ?? lastWorkspace());
  else openPipeline(first);
}

const menuActions = {
  command: (command: Parameters<Workbench['command']>[0]) => focused()?.command(command),
  pickPipeline: () => void withFocused(async (bench) => openIf(await pickPipeline(bench), openPipeline)),
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

async function stopHosts(): Promise<void> {
  await Promise.all([...endingHosts, ...[...workbenches].map((bench) => bench.stopHost())]);
  hostsStopped = true;
}
