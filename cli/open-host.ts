/** The host of a workspace, put together: what `run`, `app`, `models` and the desktop share. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { watchOurselves } from '../engine/compute/guarded.ts';
import { memoryOfPreview } from '../engine/compute/machine-memory.ts';
import { startHost, type HostOptions, type StartedHost } from '../engine/host/host.ts';
import { startPreviews } from '../engine/preview/start-previews.ts';
import { makeWorkspaceFolder } from '../engine/host/workspace-folder.ts';
import { heavyKinds } from '../nodes/heavy-kinds.ts';
import type { Problem } from '../shared/errors.ts';
import { installation, installFolder, resourcesFolder } from './run-environment.ts';
import { processCommand } from './process-command.ts';
import { openSecrets } from './secrets.ts';

export async function openHost(
  workspace: string,
  log: (problem: Problem) => void,
  more: Pick<HostOptions, 'startsServices' | 'spareRunner' | 'secrets' | 'onWait'> = {},
): Promise<StartedHost> {
  await makeWorkspaceFolder(workspace);
  watchOurselves('host');
  return startHost({
    workspace,
    version: await readVersion(),
    resourcesFolder,
    runnerCommand: processCommand('runner'),
    serviceCommand: processCommand('service'),
    sending: { installation, shipCommand: processCommand('ship') },
    languageCommand: processCommand('language'),
    secrets: openSecrets(),
    isHeavy: ({ file }) => Object.values(file.nodes).some((node) => heavyKinds.has(node.kind)),
    startEngine: (environment) =>
      startPreviews({
        workspace: environment.workspace,
        artifacts: environment.artifacts,
        command: processCommand('preview'),
        limitBytes: () => {
          const chosen = environment.store.settings.limits().memoryBytes;
          return chosen === undefined ? undefined : memoryOfPreview(chosen);
        },
        // Windows ask their checks again.
        onFileRead: () => environment.changes.notify('files'),
      }),
    log,
    ...more,
  });
}

export async function readVersion(): Promise<string> {
  const parsed: { version?: string } = JSON.parse(await readFile(join(installFolder, 'package.json'), 'utf8'));
  return parsed.version ?? '0.0.0';
}
