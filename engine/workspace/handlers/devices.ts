import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { fail } from '../../../shared/errors.ts';
import { devicesReport, type DevicesReport } from '../../../shared/neural/devices.ts';
import type { Contract } from '../../../shared/rpc/contract.ts';
import type { Handlers } from '../../../shared/rpc/typed.ts';

type Area = Pick<Handlers<Contract>, 'devices.list'>;
const run = promisify(execFile);

/** @param runnerCommand Node, the script of our processes and the role `runner`: the same script has the role `devices`. */
export function devicesHandlers(runnerCommand: readonly string[]): Area {
  let known: Promise<DevicesReport> | undefined;
  const look = async (): Promise<DevicesReport> => {
    const [node = process.execPath, ...script] = runnerCommand.slice(0, -1);
    try {
      const { stdout } = await run(node, [...script, 'devices'], { timeout: 30_000, windowsHide: true });
      return devicesReport.parse(JSON.parse(stdout));
    } catch (cause) {
      known = undefined;
      throw fail(
        'devices.unknown',
        {
          message: 'What this machine can compute with could not be found out: the process that looks ended early.',
          mend: 'Look again. If it stays so, a graphics driver may be at fault: flowyard devices says more.',
        },
        { cause },
      );
    }
  };
  return { 'devices.list': ({ again }) => (again || known === undefined ? (known = look()) : known) };
}
