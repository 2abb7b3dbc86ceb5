/** Stands in for the `electron` module where there is no binary: remembers what main does with it, and lets a test act as the system. */
import { EventEmitter } from 'node:events';

export const seen: string[] = [];
export const folders = { userData: '', home: '' };
export const answers = { openDialog: [''], permission: new EventEmitter() };
export const requests = new Map<string, (event: unknown, ...values: unknown[]) => unknown>();

export class FakeContents extends EventEmitter {
  windowOpen: (details: { url: string }) => { action: string } = () => ({ action: 'allow' });
  send(channel: string, ...values: unknown[]): void {
    seen.push(`page ${channel} ${values.map(String).join(' ')}`);
  }
  postMessage(channel: string, _message: unknown, ports: unknown[]): void {
    seen.push(`page ${channel} with ${ports.length} port`);
  }
  setWindowOpenHandler(handler: FakeContents['windowOpen']): void {
    this.windowOpen = handler;
  }
}

export class FakeWindow extends EventEmitter {
  static all: FakeWindow[] = [];
  static getFocusedWindow(): FakeWindow | undefined {
    return FakeWindow.all.at(-1);
  }
  webContents = new FakeContents();
  options: Record<string, unknown>;
  constructor(options: Record<string, unknown>) {
    super();
    this.options = options;
    FakeWindow.all.push(this);
    app.emit('web-contents-created', {}, this.webContents);
  }
  async loadURL(url: string): Promise<void> {
    seen.push(`load ${url}`);
  }
  close(): void {
    let prevented = false;
    this.emit('close', { preventDefault: () => (prevented = true) });
    if (prevented) return;
    this.gone = true;
    this.emit('closed');
  }
  gone = false;
  isDestroyed = (): boolean => this.gone;
  isMinimized = (): boolean => true;
  restore = (): unknown => seen.push('restore');
  focus = (): unknown => seen.push('focus');
  isVisible = (): boolean => true;
  show = (): unknown => seen.push('show');
  maximize = (): unknown => seen.push('maximize');
  reload = (): unknown => seen.push('reload');
  isMaximized = (): boolean => true;
  getNormalBounds = (): object => ({ x: 10, y: 20, width: 1000, height: 700 });
}

export class FakeHost extends EventEmitter {
  static all: FakeHost[] = [];
  args: string[];
  env: Record<string, string | undefined>;
  constructor(args: string[], env: Record<string, string | undefined>) {
    super();
    this.args = args;
    this.env = env;
    FakeHost.all.push(this);
  }
  postMessage(message: { type: string; value?: string }, ports: unknown[] = []): void {
    seen.push(
      `host ${message.type} with ${ports.length} port${message.value === undefined ? '' : `: ${message.value}`}`,
    );
    if (message.type === 'stop') queueMicrotask(() => this.emit('exit', 0));
  }
  kill = (): boolean => true;
}

class FakeApp extends EventEmitter {
  requestSingleInstanceLock = (): boolean => true;
  enableSandbox = (): unknown => seen.push('sandbox');
  isReady = (): boolean => true;
  whenReady = (): Promise<void> => Promise.resolve();
  getPath = (name: keyof typeof folders): string => folders[name];
  quit = (): void => {
    let prevented = false;
    this.emit('before-quit', { preventDefault: () => (prevented = true) });
    seen.push(prevented ? 'quit waits' : 'quit');
  };
}

export const app = new FakeApp();
export const BrowserWindow = FakeWindow;
export class MessageChannelMain {
  port1 = {};
  port2 = {};
}
export const utilityProcess = {
  fork: (_file: string, args: string[], options: { env: Record<string, string | undefined> }): FakeHost =>
    new FakeHost(args, options.env),
};
export const screen = { getAllDisplays: () => [{ workArea: { x: 0, y: 0, width: 1920, height: 1080 } }] };
export const dialog = {
  showOpenDialog: async () => ({ filePaths: answers.openDialog }),
  showMessageBox: async () => {
    seen.push('asks');
    return { response: 0 };
  },
};
export const powerMonitor = new EventEmitter();
export const shell = {
  openExternal: async (url: string) => void seen.push(`outside ${url}`),
  showItemInFolder: (path: string) => seen.push(`show ${path}`),
};
export const ipcMain = Object.assign(new EventEmitter(), {
  handle: (channel: string, handler: (event: unknown, ...values: unknown[]) => unknown) =>
    requests.set(channel, handler),
});
export let protocolHandler: (request: Request) => Promise<Response> = () => Promise.reject(new Error('no handler yet'));
export const protocol = {
  registerSchemesAsPrivileged: (schemes: { scheme: string }[]) => seen.push(`scheme ${schemes[0]?.scheme}`),
  handle: (_scheme: string, handler: typeof protocolHandler) => {
    protocolHandler = handler;
  },
};
export const net = { fetch: async (url: string) => new Response(`content of ${url}`) };
type Decide = (
  contents: unknown,
  permission: string,
  decide: (granted: boolean) => void,
  details: { requestingUrl: string },
) => void;
export let permissionHandler: Decide = () => undefined;
export const session = {
  defaultSession: {
    setPermissionRequestHandler: (handler: Decide) => {
      permissionHandler = handler;
    },
    setPermissionCheckHandler: () => undefined,
  },
};
export const safeStorage = {
  isEncryptionAvailable: () => true,
  encryptString: (text: string) => Buffer.from(Buffer.from(text).toReversed()),
  decryptString: (encrypted: Buffer) => Buffer.from(encrypted.toReversed()).toString(),
};
interface MenuItem {
  label?: string;
  submenu?: MenuItem[];
  click?: () => void;
}
export let menu: MenuItem[] = [];
export const Menu = {
  buildFromTemplate: (template: MenuItem[]) => template,
  setApplicationMenu: (template: MenuItem[]) => {
    menu = template;
  },
};
