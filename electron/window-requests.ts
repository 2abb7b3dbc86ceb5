/** What a window may ask of main: dialogs, the file manager, secrets. Every request is checked for its sender first. */
import { dialog, ipcMain, shell, type IpcMainInvokeEvent } from 'electron';
import * as z from 'zod';
import { toProblem } from '../shared/errors.ts';
import { channels } from './channels.ts';
import { pathInside } from './opened-file.ts';
import { isOwnUrl } from './policy.ts';
import type { Secrets } from './secrets.ts';
import type { Workbench } from './workbench.ts';

export interface WindowRequests {
  workbenchOf: (event: IpcMainInvokeEvent) => Workbench | undefined;
  openPipeline: (path: string) => void;
  secrets: Secrets;
}

const name = z.string().regex(/^[\w.-]{1,100}$/);

export function answerWindows({ workbenchOf, openPipeline, secrets }: WindowRequests): void {
  const answer = (channel: string, handler: (workbench: Workbench, ...values: unknown[]) => unknown): void => {
    ipcMain.handle(channel, (event, ...values: unknown[]) => {
      const workbench = workbenchOf(event);
      // A frame that is not the app's own page has no business here, even inside of our window.
      if (workbench === undefined || !isOwnUrl(event.senderFrame?.url ?? ''))
        throw new Error('This page may not ask that.');
      return said(() => handler(workbench, ...values));
    });
  };
  answer(channels.pickPipeline, async (workbench) => {
    const path = await pickPipeline(workbench);
    if (path !== undefined) openPipeline(path);
  });
  answer(channels.showInFolder, ({ workspace }, path) => {
    const inside = pathInside(workspace, z.string().parse(path));
    if (inside !== undefined) shell.showItemInFolder(inside);
  });
  answer(channels.secretKeychain, () => secrets.hasKeychain());
  answer(channels.secretNames, () => secrets.names());
  answer(channels.secretSet, (_workbench, key, value) => secrets.set(name.parse(key), z.string().parse(value)));
  answer(channels.secretRemove, (_workbench, key) => secrets.remove(name.parse(key)));
}

/** A problem goes as a value: Electron keeps of a thrown one only the message, behind words of its own. */
async function said(work: () => unknown): Promise<{ value: unknown } | { problem: string }> {
  try {
    return { value: await work() };
  } catch (thrown) {
    const { message, mend } = toProblem(thrown);
    return { problem: mend === undefined ? message : `${message} ${mend}` };
  }
}

async function pickPipeline({ window, workspace }: Workbench): Promise<string | undefined> {
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
