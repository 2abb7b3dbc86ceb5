import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

const isPipeline = (path: string): boolean => path.endsWith('.pipeline.json') || path.endsWith('.flowyard');

/**
 * The pipeline that the app was started with, by double click or by name.
 * @param argv with the program first; switches are Chromium's or ours
 */
export function pipelineInArguments(argv: readonly string[], folder: string): string | undefined {
  const named = argv.slice(1).find((argument) => !argument.startsWith('-') && isPipeline(argument));
  return named === undefined ? undefined : resolve(folder, named);
}

/** The folder that the app was started with: `--workspace FOLDER`. */
export function workspaceInArguments(argv: readonly string[], folder: string): string | undefined {
  const at = argv.indexOf('--workspace');
  const named = at < 0 ? undefined : argv[at + 1];
  return named === undefined ? undefined : resolve(folder, named);
}

/** The folder that a pipeline belongs to: the nearest one above it that has been a workspace, else its own. */
export function workspaceOf(pipeline: string): string {
  for (let folder = dirname(pipeline); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.flowyard'))) return folder;
    if (folder === dirname(folder)) return dirname(pipeline);
  }
}

/** The absolute path of a file of the workspace; undefined for one outside, whatever dots or links of its name say. */
export function pathInside(workspace: string, pathInWorkspace: string): string | undefined {
  const path = resolve(workspace, pathInWorkspace);
  return path.startsWith(resolve(workspace) + sep) ? path : undefined;
}

/** How the window names a file of its workspace: relative, with slashes on every system. */
export const nameInside = (workspace: string, path: string): string => relative(workspace, path).split(sep).join('/');
