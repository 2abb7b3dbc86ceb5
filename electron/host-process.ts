/** The host of one workspace as a process beside main. Windows talk with it directly: main only hands out the two ends of a channel. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export interface HostChild {
  postMessage: (message: unknown, ports?: Electron.MessagePortMain[]) => void;
  on: (event: 'exit', listener: (code: number) => void) => unknown;
  kill: () => boolean;
}

export interface HostProcessOptions {
  fork: () => HostChild;
  makeChannel: () => { port1: Electron.MessagePortMain; port2: Electron.MessagePortMain };
  /** Hands the window its end. */
  giveToWindow: (port: Electron.MessagePortMain) => void;
  /** The host ended too often to be started again by itself. */
  onGaveUp: (exitCode: number) => void;
  nowMs: () => number;
}

export interface HostProcess {
  /** Gives the window a port to the host; while there is none, once there is one again. */
  connect: () => void;
  /** Starts counting anew: the person asked for it. */
  restart: () => void;
  /** Asks the host to end and waits for it; ends it after `stopMs`. */
  stop: () => Promise<void>;
}

const restarts = 3;
/** A host that lived this long is forgiven: three failures in a row are a fault, three in a month are not. */
const forgivenAfterMs = 10 * 60_000;
const stopMs = 3000;

export function startHostProcess({
  fork,
  makeChannel,
  giveToWindow,
  onGaveUp,
  nowMs,
}: HostProcessOptions): HostProcess {
  let failures = 0;
  let child: HostChild | undefined;
  let stopping = false;
  let stopped: Promise<void> | undefined;
  let isAsked = false;
  let whenGone: () => void = () => undefined;

  const connect = (): void => {
    isAsked = child === undefined;
    if (child === undefined) return;
    const { port1, port2 } = makeChannel();
    child.postMessage({ type: 'window' }, [port1]);
    giveToWindow(port2);
  };

  const start = (): void => {
    const startedMs = nowMs();
    child = fork();
    child.on('exit', (code) => {
      child = undefined;
      whenGone();
      if (stopping) return;
      failures = nowMs() - startedMs > forgivenAfterMs ? 1 : failures + 1;
      if (failures > restarts) return onGaveUp(code);
      start();
    });
  };

  const stop = async (): Promise<void> => {
    stopping = true;
    if (child === undefined) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    whenGone = resolve;
    const running = child;
    running.postMessage({ type: 'stop' });
    const timer = setTimeout(() => running.kill(), stopMs);
    await promise;
    clearTimeout(timer);
  };

  start();
  return {
    connect,
    restart: () => {
      failures = 0;
      if (child === undefined) start();
      if (isAsked) connect();
    },
    stop: () => (stopped ??= stop()),
  };
}

/**
 * The Node that runners and services run on: the one shipped beside the packaged app. From a checkout the launcher names it.
 * @param resourcesFolder of the packaged app
 */
export function shippedNode(resourcesFolder: string, platform: string): string | undefined {
  const path = join(resourcesFolder, 'node', platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(path) ? path : undefined;
}
