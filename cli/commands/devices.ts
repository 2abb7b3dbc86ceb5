/** `flowyard devices`: what this machine has to train networks with, what is used, and why not the rest. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { devicesReport } from '../../shared/neural/devices.ts';
import { printJson, printLines, printTable, sayBytes } from '../print-table.ts';
import { processCommand } from '../process-command.ts';
import { commonOptions, type Command } from './command.ts';

export const devices: Command = {
  name: 'devices',
  usage: 'devices',
  about: 'Lists processors and graphics processors, tries each provider, and tells which one trains networks.',
  options: { ...(commonOptions['json'] === undefined ? {} : { json: commonOptions['json'] }) },
  run: async (input) => {
    // Graphics drivers write what they please to the error output, and may crash: they get a process of their own.
    const [node = process.execPath, ...script] = processCommand('devices');
    const { stdout } = await promisify(execFile)(node, script, { timeout: 60_000, windowsHide: true });
    const report = devicesReport.parse(JSON.parse(stdout));
    if (input.flag('json')) {
      printJson(report);
      return 0;
    }
    const { processor, adapters, providers, backends, used } = report;
    const memory = `${sayBytes(processor.memoryBytes)} (${sayBytes(processor.freeBytes)} free)`;
    printLines([
      `Used       ${used.name}`,
      `           ${used.reason}`,
      `Processor  ${processor.name}, ${processor.threads} threads, ${memory}`,
    ]);
    if (adapters.length === 0) printLines(['Graphics   none found']);
    for (const a of adapters)
      printLines([`Graphics   ${a.name}, ${a.kind}${a.memoryBytes === null ? '' : `, ${sayBytes(a.memoryBytes)}`}`]);
    printLines(['']);
    printTable(
      ['PROVIDER', 'WORKS', ''],
      providers.map((p) => [p.name, p.works ? 'yes' : 'no', p.says]),
    );
    printLines(['']);
    printTable(
      ['BACKEND', 'VERSION', ''],
      backends.map((b) => [b.name, b.version ?? '-', b.says]),
    );
    return 0;
  },
};
