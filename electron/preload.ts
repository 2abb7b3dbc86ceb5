/** Runs beside the page in its sandbox, bundled as CommonJS: a sandboxed preload can be nothing else. */
import { contextBridge, ipcRenderer, type IpcRendererEvent } from 'electron';
import { hostPortMessage, type DesktopBridge, type MenuCommand } from '../shared/desktop-bridge.ts';
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

const bridge: DesktopBridge = {
  ready: () => ipcRenderer.send(channels.ready),
  platform: process.platform,
  versions: { electron: process.versions.electron, chrome: process.versions.chrome },
  pickPipeline: () => ipcRenderer.invoke(channels.pickPipeline),
  pickDataFile: () => ipcRenderer.invoke(channels.pickDataFile),
  pickWorkspace: () => ipcRenderer.invoke(channels.pickWorkspace),
  showInFolder: (pathInWorkspace) => ipcRenderer.invoke(channels.showInFolder, pathInWorkspace),
  onOpenPipeline: (listener) => listen<string>(channels.openPipeline, listener),
  onMenuCommand: (listener) => listen<MenuCommand>(channels.menuCommand, listener),
  secrets: {
    names: () => ipcRenderer.invoke(channels.secretNames),
    set: (name, value) => ipcRenderer.invoke(channels.secretSet, name, value),
    remove: (name) => ipcRenderer.invoke(channels.secretRemove, name),
  },
};
contextBridge.exposeInMainWorld('flowyardDesktop', bridge);
