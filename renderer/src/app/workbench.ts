/** What is not on the first screen: loaded when it is wanted, or in the quiet after the first screen is there. */
import { addTexts } from '../text/t.ts';
import { later } from '../loading/later.tsx';
import { DialogNotLoaded, SilentlyNotLoaded } from '../loading/not-loaded.tsx';

/** The canvas with its library, its panels, and what the top bar has for a pipeline: they appear together. */
async function getWorkbench() {
  const [{ PipelineScreen: Screen }, { PipelineTools: Tools }, { layers }, { changes }] = await Promise.all([
    import('./pipeline-screen.tsx'),
    import('./bars/pipeline-tools.tsx'),
    import('../text/en/layers.ts'),
    import('../text/en/changes.ts'),
  ]);
  addTexts({ layers, changes });
  return { Screen, Tools };
}

async function getDialogs() {
  const { OpenDialog: Open } = await import('./dialogs/dialogs.tsx');
  return { Open };
}

const screen = later(async () => (await getWorkbench()).Screen);
const tools = later(async () => (await getWorkbench()).Tools, SilentlyNotLoaded);
const dialog = later(async () => (await getDialogs()).Open, DialogNotLoaded);
export const PipelineScreen = screen.Component;
export const PipelineTools = tools.Component;
/** The dialog that is open, if one is. */
export const OpenDialog = dialog.Component;

/** Small, and what is typed right after `Ctrl K` is meant for it. */
export const loadDialogs = (): Promise<unknown> => Promise.allSettled([dialog.load()]);
export const loadWorkbench = (): Promise<unknown> => Promise.allSettled([screen.load(), tools.load()]);
