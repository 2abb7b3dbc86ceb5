/** What a window may ask of main: dialogs, the file manager, secrets. Every request is checked for its sender first. */
import { dialog, ipcMain, shell, type IpcMainInvokeEvent } from 'electron';
import * as z from 'zod';
import { channels } from './channels.ts';
import { pathInside } from './opened-file.ts';
import { isOwnUrl } from './policy.ts';
import type { Secrets } from './secrets.ts';
import type { Workbench } from './workbench.ts';

export interface WindowRequests {
  workbenchOf: (event: IpcMainInvokeEvent) => Workbench | undefined;
  openPipeline: (path: string) => void;
  openWorkspace: (folder: string) => void;
  secrets: Secrets;
}

const name = z.string().regex(/^[\w.-]{1,100}$/);

export function answerWindows({ workbenchOf, openPipeline, openWorkspace, secrets }: WindowRequests): void {
  const answer = (channel: string, handler: (workbench: Workbench, ...values: unknown[]) => unknown): void => {
    ipcMain.handle(channel, (event, ...values: unknown[]) => {
      const workbench = workbenchOf(event);
      // A frame that is not the app's own page has no business here, even inside of our window.
      if (workbench === undefined || !isOwnUrl(event.senderFrame?.url ?? ''))
        throw new Error('This page may not ask that.');
      return handler(workbench, ...values);
    });
  };
  answer(channels.pickPipeline, async (workbench) => {
    const path = await pickPipeline(workbench);
    if (path !== undefined) openPipeline(path);
  });
  answer(channels.pickWorkspace, async (workbench) => {
    const folder = await pickWorkspace(workbench);
    if (folder !== undefined) openWorkspace(folder);
  });
  answer(channels.pickDataFile, async ({ window }) => {
    const filters = [
      { name: 'Tables', extensions: ['csv', 'tsv', 'txt', 'parquet', 'jsonl', 'ndjson'] },
      { name: 'All files', extensions: ['*'] },
    ];
    const { filePaths } = await dialog.showOpenDialog(window, { properties: ['openFile'], filters });
    return filePaths[0] ?? null;
  });
  answer(channels.showInFolder, ({ workspace }, path) => {
    const inside = pathInside(workspace, z.string().parse(path));
    if (inside !== undefined) shell.showItemInFolder(inside);
  });
  answer(channels.secretNames, () => secrets.names());
  answer(channels.secretSet, (_workbench, key, value) => secrets.set(name.parse(key), z.string().parse(value)));
  answer(channels.secretRemove, (_workbench, key) => secrets.remove(name.parse(key)));
}

export async function pickPipeline({ window, workspace }: Workbench): Promise<string | undefined> {
  // Systems know only the last ending of a name, so `.pipeline.json` cannot be asked for more exactly.
  const filters = [{ name: 'Flowyard pipelines', extensions: ['json', 'flowyard'] }];
  const { filePaths } = await dialog.showOpenDialog(window, {
    defaultPath: workspace,
    properties: ['openFile'],
    filters,
  });
  return filePaths[0];
}

export async function pickWorkspace({ window, workspace }: Workbench): Promise<string | undefined> {
  const { filePaths } = await dialog.showOpenDialog(window, {
    defaultPath: workspace,
    properties: ['openDirectory', 'createDirectory'],
  });
  return filePaths[0];
}
