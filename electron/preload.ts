/** Runs beside the page in its sandbox, bundled as CommonJS: a sandboxed preload can be nothing else. */
import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import { hostPortMessage, type DesktopBridge, type CloseReason, type MenuCommand } from '../shared/desktop-bridge.ts';
import { channels } from './channels.ts';

// A port cannot cross the bridge; a message to the page carries it.
ipcRenderer.on(channels.hostPort, ({ ports: [port] }) => {
  if (port) window.postMessage(hostPortMessage, location.origin, [port]);
});

function listen<Value>(channel: string, listener: (value: Value) => void): () => void {
  const forward = (_event: IpcRendererEvent, value: Value): void => listener(value);
  ipcRenderer.on(channel, forward);
  return () => void ipcRenderer.off(channel, forward);
}

/** Main's answer, or its problem in its own words: what `invoke` itself throws begins with words of Electron's. */
async function ask<Value>(channel: string, ...values: unknown[]): Promise<Value> {
  const answer: { value: Value } | { problem: string } = await ipcRenderer.invoke(channel, ...values);
  if ('problem' in answer) throw new Error(answer.problem);
  return answer.value;
}

// Main learns at once that the page hears, then whether it may close.
let closeListener: Parameters<DesktopBridge['onAskToClose']>[0] | undefined;
ipcRenderer.on(channels.askToClose, (_event: IpcRendererEvent, id: number, why: CloseReason) => {
  ipcRenderer.send(channels.closeHeard, id, false);
  const asks = (): void => ipcRenderer.send(channels.closeHeard, id, true);
  const answer = (yes: boolean): void => ipcRenderer.send(channels.closeAnswer, id, yes);
  if (closeListener === undefined) answer(true);
  else
    closeListener(why, asks).then(answer, (error: unknown) => {
      answer(false);
      throw error;
    });
});

// The page may not have drawn yet when the system asks for a pipeline.
const waiting: string[] = [];
const keep = (_event: IpcRendererEvent, path: string): void => void waiting.push(path);
ipcRenderer.on(channels.openPipeline, keep);

const bridge: DesktopBridge = {
  requestPort: () => ipcRenderer.send(channels.requestPort),
  platform: process.platform,
  versions: { electron: process.versions.electron, chrome: process.versions.chrome },
  pickPipeline: () => ask(channels.pickPipeline),
  showInFolder: (pathInWorkspace) => ask(channels.showInFolder, pathInWorkspace),
  onOpenPipeline: (listener) => {
    ipcRenderer.off(channels.openPipeline, keep);
    waiting.splice(0).forEach((path) => listener(path));
    return listen<string>(channels.openPipeline, listener);
  },
  onAskToClose: (listener) => {
    closeListener = listener;
    return () => {
      if (closeListener === listener) closeListener = undefined;
    };
  },
  onMenuCommand: (listener) => listen<MenuCommand>(channels.menuCommand, listener),
  secrets: {
    hasKeychain: () => ask(channels.secretKeychain),
    names: () => ask(channels.secretNames),
    set: (name, value) => ask(channels.secretSet, name, value),
    remove: (name) => ask(channels.secretRemove, name),
  },
};
contextBridge.exposeInMainWorld('flowyardShell', bridge);
