import { existsSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

const isPipeline = (path: string): boolean => path.endsWith('.pipeline.json') || path.endsWith('.flowyard');

/**
 * The pipeline that the app was started with, by double click or by name.
 * @param argv with the program first; switches are Chromium's or ours
 */
export function pipelineInArguments(argv: readonly string[], folder: string): string | undefined {
  const named = argv.slice(1).find((argument) => !argument.startsWith('-') && isPipeline(argument));
  return named === undefined ? undefined : pathOf(named, folder);
}

/** The folder that the app was started with: `--workspace FOLDER` or `--workspace=FOLDER`. */
export function workspaceInArguments(argv: readonly string[], folder: string): string | undefined {
  const option = '--workspace';
  const joined = argv.find((argument) => argument.startsWith(`${option}=`))?.slice(option.length + 1);
  const at = argv.indexOf(option);
  const named = joined ?? (at < 0 ? undefined : argv[at + 1]);
  return named === undefined || named === '' ? undefined : pathOf(named, folder);
}

/** File managers name files by `file:` addresses; any other address is no file. */
function pathOf(named: string, folder: string): string | undefined {
  if (!/^[a-z][a-z\d+.-]+:\/\//i.test(named)) return resolve(folder, named);
  try {
    return fileURLToPath(named);
  } catch {
    return undefined;
  }
}

const start = z.object({ argv: z.array(z.string()), folder: z.string() });
export type Start = z.output<typeof start>;

/**
 * What a second start was given, as it says itself beside asking for the lock. The arguments that Electron hands on have been sorted: options are parted from
 * their values.
 */
export function secondStart(said: unknown, argv: string[], folder: string): Start {
  const read = start.safeParse(said);
  return read.success ? read.data : { argv, folder };
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
