/** What is not on the first screen: loaded when it is wanted, or in the quiet after the first screen is there. */
import { addTexts } from '../text/t.ts';
import { later } from './later.ts';

/** The canvas with its library, its panels, and what the top bar has for a pipeline: they appear together. */
async function loadWorkbench() {
  const [{ PipelineScreen: Screen }, { PipelineTools: Tools }, { layers }, { changes }] = await Promise.all([
    import('./pipeline-screen.tsx'),
    import('./pipeline-tools.tsx'),
    import('../text/en/layers.ts'),
    import('../text/en/changes.ts'),
  ]);
  addTexts({ layers, changes });
  return { Screen, Tools };
}

async function loadDialogs() {
  const { OpenDialog: Open } = await import('./dialogs.tsx');
  return { Open };
}

const screen = later(async () => (await loadWorkbench()).Screen);
const tools = later(async () => (await loadWorkbench()).Tools);
const dialog = later(async () => (await loadDialogs()).Open);
export const PipelineScreen = screen.Component;
export const PipelineTools = tools.Component;
/** The dialog that is open, if one is. */
export const OpenDialog = dialog.Component;

export const loadBehindFirstScreen = (): Promise<unknown> =>
  Promise.allSettled([dialog.load(), screen.load(), tools.load()]);
