import { statfs } from 'node:fs/promises';
import { availableParallelism, platform, totalmem } from 'node:os';
import { basename } from 'node:path';
import { protocolVersion, type Contract } from '../../../shared/rpc/contract.ts';
import type { Handlers } from '../../../shared/rpc/typed.ts';
import { pause } from '../change-hub.ts';
import type { HostContext } from '../host-context.ts';
import type { CacheSizes } from '../cache-sizes.ts';

type Area = Pick<Handlers<Contract>, 'app.info' | 'app.status' | 'host.changes'>;

export function appHandlers(
  { version, workspace, examples, store, artifacts, runs, changes }: HostContext,
  sizes: CacheSizes,
): Area {
  return {
    'app.info': () => ({
      version,
      protocol: protocolVersion,
      workspace,
      workspaceName: basename(workspace) || workspace,
      cores: availableParallelism(),
      memory_bytes: totalmem(),
      platform: platform(),
      examples: [...examples],
      readOnly: store.readOnly,
    }),
    'app.status': async function* (_input, { signal }) {
      while (!signal.aborted) {
        const disk = await statfs(artifacts.readOnly ? workspace : artifacts.folder).catch(() => undefined);
        yield {
          rss_bytes: process.memoryUsage.rss(),
          cache_bytes: (await sizes.get()).bytes,
          free_bytes: disk === undefined ? null : disk.bavail * disk.bsize,
          running: runs.live(),
        };
        await pause(1000, signal);
      }
    },
    'host.changes': (_input, { signal }) => changes.watch(signal),
  };
}
