/** The host of one workspace, put together as on the command line and served to Electron's windows. */
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openHost } from '../cli/open-host.ts';
import { againWhileHostLeaves, askForAddress } from '../engine/host/reach-host.ts';
import type { Problem } from '../shared/errors.ts';
import { openSecrets } from '../cli/secrets.ts';
import { firstOf } from '../engine/secrets/secret-store.ts';
import { secretsOfMain } from './host-secrets.ts';
import { serveWindows, type PipedHost } from './host.ts';

const { values } = parseArgs({ options: { workspace: { type: 'string' }, bundle: { type: 'string' } } });
const { workspace, bundle } = values;
if (workspace === undefined || bundle === undefined) throw new Error('the host needs --workspace and --bundle');

const log = ({ message, mend = '' }: Problem): void => console.error(message, mend);

async function open(folder: string, bundleFolder: string): Promise<PipedHost> {
  const file = openSecrets();
  // Without a keychain a window keeps its secrets in the file.
  const secrets = { ...firstOf([secretsOfMain(process.parentPort), file]), set: file.set };
  const started = await againWhileHostLeaves(async () => {
    // A run on the command line goes by itself: the windows wait for it.
    const opened = await openHost(folder, log, {
      secrets,
      onWait: () => console.error('waits for a run on the command line'),
    });
    return opened.started ? opened : { ...opened, address: await askForAddress(opened.living) };
  });
  if (!started.started) {
    // The folder is open in a browser: its host is that one, and main says so.
    process.parentPort.postMessage({ type: 'occupied', address: started.address });
    return { serve: () => undefined, close: async () => undefined };
  }
  const { host } = started;
  // Not for a browser but for this user's own processes: `flowyard run` hands its run over to us.
  await host.serveApp({ rendererFolder: join(bundleFolder, '..', 'renderer'), port: 0 });
  return host;
}

await serveWindows(
  process.parentPort,
  () => open(workspace, bundle),
  (code) => process.exit(code),
);
