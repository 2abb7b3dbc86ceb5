/** `flowyard remotes`: machines that runs can be sent to. */
import { resolve } from 'node:path';
import { fail, toProblem } from '../../shared/errors.ts';
import { targetKinds, targetSettings, type TargetRow, type TargetSettings } from '../../shared/targets.ts';
import { exitCodeOf } from '../exit-code.ts';
import { printJson, printLines, printTable } from '../print-table.ts';
import { withHost, type HostApi } from '../with-host.ts';
import { commonOptions, readCount, splitPair, UsageError, type Command, type CommandInput } from './command.ts';

export const remotes: Command = {
  name: 'remotes',
  usage: 'remotes list | add NAME --kind KIND | test NAME | files NAME PATH | remove NAME | clean NAME',
  about: 'Machines and clusters that runs can be sent to (also: flowyard targets).',
  options: {
    kind: { type: 'string', value: targetKinds.join('|'), about: 'What it is.' },
    host: { type: 'string', value: 'H', about: 'Its name or address, or a host of your ssh_config.' },
    port: { type: 'string', value: 'N', about: 'Port of SSH. Default: 22.' },
    user: { type: 'string', value: 'U', about: 'Who you are there.' },
    key: { type: 'string', value: 'FILE', about: 'A private key. Default: your agent and usual keys.' },
    url: { type: 'string', value: 'U', about: "Ray's dashboard, or Kubernetes' API server." },
    option: {
      type: 'string',
      multiple: true,
      value: 'k=v',
      about: 'root, partition, cores, memory, gpus, time, parallel and others (docs/clusters.md).',
    },
    ...commonOptions,
  },
  run: async (input) => {
    const [action = 'list', name, path] = input.positionals;
    const work = actions[action];
    if (work === undefined) throw new UsageError(`There is no "remotes ${action}".`);
    if (action !== 'list' && name === undefined) throw new UsageError('Which remote?');
    if (action === 'files' && path === undefined) throw new UsageError('Which path on the remote?');
    return withHost(resolve(input.text('workspace') ?? '.'), ({ api }) => work(api, input, name ?? ''));
  },
};

const actions: Readonly<Record<string, (api: HostApi, input: CommandInput, name: string) => Promise<number>>> = {
  list: async (api, input) => {
    const rows = await api['targets.list']({});
    if (input.flag('json')) rows.forEach(printJson);
    else if (rows.length === 0) printLines(['No remote yet: runs are made on this machine.']);
    else
      printTable(
        ['NAME', 'KIND', 'WHERE', 'FOUND'],
        rows.map((row) => [row.name, row.kind, whereIs(row), sayFacts(row)]),
      );
    return 0;
  },
  add: async (api, input, name) => {
    const row = await api['targets.add'](readSettings(input, name));
    if (input.flag('json')) printJson(row);
    else
      printLines([
        `Added "${row.name}". flowyard remotes test ${JSON.stringify(row.name)} looks whether it can be reached.`,
      ]);
    return 0;
  },
  test: async (api, input, name) => {
    const tested = await api['targets.test']({ name }).catch((error: unknown) => error);
    const row = (await api['targets.list']({})).find((t) => t.name === name);
    if (row === undefined) throw tested;
    if (input.flag('json')) printJson(row);
    else
      printLines(
        row.findings.map(
          (f) =>
            `${{ good: '✓', doubtful: '!', bad: '✗' }[f.state]} ${f.text}${f.detail === undefined ? '' : `  (${f.detail})`}`,
        ),
      );
    return tested instanceof Error ? exitCodeOf(toProblem(tested).code) : 0;
  },
  files: async (api, input, name) => {
    const path = input.positionals[2] ?? '';
    const found = await api['targets.files']({ name, path });
    if (input.flag('json')) printJson({ name: `${name}:${path}`, ...found });
    else
      printLines([
        `${found.files} ${found.files === 1 ? 'file' : 'files'}, ${(found.bytes / 1e6).toFixed(1)} MB. A Parquet reader takes them as ${name}:${path}`,
      ]);
    return 0;
  },
  remove: async (api, input, name) => {
    await api['targets.remove']({ name });
    if (input.flag('json')) printJson({ removed: name });
    else printLines([`Removed "${name}".`]);
    return 0;
  },
  clean: async (api, input, name) => {
    const cleaned = await api['targets.clean']({ name });
    if (input.flag('json')) printJson(cleaned);
    else printLines([`${cleaned.runs} finished runs removed, ${(cleaned.freed_bytes / 1e6).toFixed(1)} MB freed.`]);
    return 0;
  },
};

function readSettings(input: CommandInput, name: string): TargetSettings {
  const kind = input.text('kind');
  if (kind === undefined) throw new UsageError(`--kind is one of ${targetKinds.join(', ')}.`);
  const port = readCount(input, 'port', 1, 65_535);
  const key = input.text('key');
  const parsed = targetSettings.safeParse({
    name,
    kind,
    ...(port === undefined ? {} : { port }),
    ...(key === undefined ? {} : { key: resolve(key) }),
    ...Object.fromEntries(
      (['host', 'user', 'url'] as const).flatMap((n) => (input.text(n) === undefined ? [] : [[n, input.text(n)]])),
    ),
    options: Object.fromEntries(input.texts('option').map((pair) => splitPair(pair, '--option'))),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw fail('target.invalid', {
    message: `The remote's ${issue?.path.join('.') ?? 'settings'} is not valid: ${issue?.message ?? ''}.`,
    mend: `Kinds are ${targetKinds.join(', ')}.`,
  });
}

const whereIs = (row: TargetRow): string =>
  row.url ??
  (row.host === undefined
    ? 'this machine'
    : `${row.user === undefined ? '' : `${row.user}@`}${row.host}${row.port === undefined ? '' : `:${row.port}`}`);
const sayFacts = (row: TargetRow): string =>
  row.facts === null
    ? 'not tested'
    : [row.facts.scheduler, row.facts.cores === null ? null : `${row.facts.cores} cores`, row.facts.system]
        .filter((part) => part !== null)
        .join(', ');
