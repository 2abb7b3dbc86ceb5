import { readFile } from 'node:fs/promises';
import { fail } from '../../../shared/errors.ts';
import { report as reportSchema } from '../../../shared/report.ts';
import type { Contract } from '../../../shared/rpc/contract.ts';
import type { Handlers } from '../../../shared/rpc/typed.ts';
import type { CacheSizes } from '../cache-sizes.ts';
import { collectCache } from '../collect-cache.ts';
import type { HostContext } from '../host-context.ts';

type Area = Pick<Handlers<Contract>, 'results.report' | 'cache.sizes' | 'cache.collect'>;

export function resultHandlers(context: HostContext, sizes: CacheSizes): Area {
  const { artifacts, changes, cacheLimitBytes } = context;
  return {
    /** `key` is an output's key: the artifact's key and the port. */
    'results.report': async ({ key }) => {
      const [artifactKey = '', port] = key.split('/');
      const artifact = artifacts.find(artifactKey);
      const ports = Object.entries(artifact?.manifest.ports ?? {}).filter(
        ([name, one]) => one.wire === 'report' && one.files.length > 0 && (port === undefined || name === port),
      );
      const file = ports[0]?.[1].files[0];
      if (artifact === undefined || file === undefined)
        throw fail('results.gone', {
          message: 'This report is no longer stored.',
          mend: 'Run the node again.',
          facts: { key },
        });
      return reportSchema.parse(JSON.parse(await readFile(artifact.file(file), 'utf8')));
    },
    'cache.sizes': async () => ({ ...(await sizes.get()), limit_bytes: cacheLimitBytes }),
    'cache.collect': async ({ all }) => {
      const { freedBytes, removed } = await collectCache(context, all ? 0 : cacheLimitBytes);
      sizes.forget();
      changes.notify('cache');
      return { freed_bytes: freedBytes, removed: removed.length };
    },
  };
}
