/** `flowyard app`: the window, served to this machine's browser. */
import { spawn } from 'node:child_process';
import { join, resolve } from 'node:path';
import type { LivingHost } from '../../engine/host/lock.ts';
import { againWhileHostLeaves, askForAddress, connectToHost } from '../../engine/host/reach-host.ts';
import { fail } from '../../shared/errors.ts';
import type { RunLimits } from '../../shared/run/run-limits.ts';
import { installFolder } from '../run-environment.ts';
import { openHost } from '../open-host.ts';
import { keptLimitOptions, readLimits } from '../input/read-limits.ts';
import { printJson } from '../print-table.ts';
import { complain, say } from '../say.ts';
import { sayProblem } from '../with-host.ts';
import { commonOptions, readCount, type Command } from './command.ts';

export const app: Command = {
  name: 'app',
  usage: 'app',
  about: 'Opens the window in the browser.',
  options: {
    port: {
      type: 'string',
      value: 'N',
      about: 'Port on this machine; 0: any free one. Default: that of the last windows, so that they find it.',
    },
    'no-open': { type: 'boolean', about: 'Only print the address.' },
    ...keptLimitOptions,
    ...commonOptions,
  },
  run: async (input) => {
    const [stray] = input.positionals;
    // A folder that is named in passing would be another than the one that opens.
    if (stray !== undefined)
      throw fail('usage', {
        message: `"${stray}" is not an option.`,
        mend: `Name the folder by --workspace ${stray}.`,
      });
    const workspace = resolve(input.text('workspace') ?? '.');
    const port = readCount(input, 'port', 0, 65_535);
    const limits = readLimits(input);
    const hasLimits = Object.keys(limits).length > 0;
    const started = await againWhileHostLeaves(async () => {
      const opened = await openHost(workspace, sayProblem, { onWait: sayWait });
      if (opened.started) return opened;
      if (hasLimits) await keepThere(opened.living, limits);
      return { ...opened, address: await askForAddress(opened.living) };
    });
    const print = (url: string): void => {
      if (input.flag('json')) printJson({ type: 'serving', url });
      else say(`Flowyard is at ${url}`);
      if (!input.flag('no-open')) openBrowser(url);
    };
    if (!started.started) {
      print(started.address);
      return 0;
    }
    const { host } = started;
    if (hasLimits && !host.context.store.readOnly) {
      const { settings } = host.context.store;
      settings.saveLimits({ ...settings.limits(), ...limits });
    }
    const server = await host.serveApp({
      rendererFolder: join(installFolder, 'dist', 'renderer'),
      port,
    });
    print(server.newAddress());
    await new Promise<void>((done) => {
      process.once('SIGINT', done);
      process.once('SIGTERM', done);
    });
    await host.close();
    return 0;
  },
};

/** Another one serves the windows of this folder: it keeps them. */
async function keepThere(living: LivingHost, limits: RunLimits): Promise<void> {
  const connection = await connectToHost(living);
  try {
    const { chosen } = await connection.api['limits.get']({});
    await connection.api['limits.set']({ ...chosen, ...limits });
  } finally {
    connection.close();
  }
}

// Its host would take the window along when it goes.
const sayWait = (): void =>
  complain('A run on the command line is under way in this folder. The window opens when it has ended.');

/** The address is printed: that nothing opens it is no failure, but it is said. */
function openBrowser(url: string): void {
  const [program, ...args] =
    process.platform === 'darwin'
      ? ['open', url]
      : process.platform === 'win32'
        ? ['cmd', '/c', 'start', '', url]
        : ['xdg-open', url];
  const alone = (): void => complain('No browser could be opened from here. Open the address in one yourself.');
  spawn(program, args, { stdio: 'ignore', detached: true })
    .once('error', alone)
    .once('exit', (code) => {
      if (code !== 0) alone();
    })
    .unref();
}
