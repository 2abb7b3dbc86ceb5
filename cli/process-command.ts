/** How a new process of ours is started. Imports nothing of the engine: a command starts its runner before it loads itself. */
import { join } from 'node:path';

// From source this file lies in `cli/`, bundled in `dist/cli/`.
const isSource = import.meta.url.endsWith('.ts');

/**
 * The script that a new process of ours runs, with its role as first argument: `runner`, `service`, `preview`. It runs on the Node that the app
 * ships: the one we run on, but for the desktop's host, which runs on Electron and is told where that Node is.
 */
export const processCommand = (role: string): string[] => [
  process.env['FLOWYARD_NODE'] ?? process.execPath,
  ...(isSource ? ['--disable-warning=ExperimentalWarning'] : []),
  join(import.meta.dirname, isSource ? 'process.ts' : 'process.js'),
  role,
];
