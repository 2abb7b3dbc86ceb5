/** What a remote's options say, and what its jobs ask for. Reads words alone: a host knows it without the parts that reach a remote. */
import { fail } from '../../shared/errors.ts';
import { jobResources, type JobResources, type TargetSettings } from '../../shared/targets.ts';

/** An option in seconds. */
export function millis({ options }: Pick<TargetSettings, 'options'>, name: string, usual: number): number {
  const value = Number(options[name]);
  return options[name] !== undefined && Number.isFinite(value) && value >= 0 ? value * 1000 : usual;
}

/** What every option may be, for `remotes add`: an unknown one is a typing mistake. */
const optionNames: Readonly<Record<string, string>> = {
  root: 'Folder on the remote. Default: ~/.flowyard.',
  jump: 'Hosts to go through, as user@host:port, with commas between.',
  passphrase: "Name of the secret that holds the key's passphrase.",
  cores: 'Cores a job.',
  memory: 'Memory a job, as 4G or 500M.',
  gpus: 'GPUs a job.',
  time: 'Longest time a job, in minutes.',
  partition: 'Partition of Slurm.',
  account: 'Account of Slurm.',
  image: 'Container image of Kubernetes.',
  namespace: 'Namespace of Kubernetes.',
  volume: 'Claim of a volume that the pods share.',
  token: 'Name of the secret that holds the bearer token.',
  extra: 'More words for the scheduler.',
  parallel: 'Tasks of a sweep side by side.',
  retries: 'How often a job that was lost is started again. Default: 2.',
  keepalive: 'Seconds between signs of life on the connection.',
  look: 'Seconds between looks at the running runs.',
  'lost-after': 'Seconds of silence after which a job that the scheduler no longer knows is lost.',
  wait: 'Minutes that a run which was not handed over waits for a remote that was reached before. Default: 30.',
  keep: 'Days that finished runs stay on the remote. Default: 7.',
  ca: 'File with the certificate of the Kubernetes API server.',
};

/** What numbers an option may have: the least, and whether halves count. */
const numbers: Readonly<Record<string, { from: number; isWhole: boolean }>> = {
  cores: { from: 1, isWhole: true },
  gpus: { from: 0, isWhole: true },
  time: { from: 1, isWhole: true },
  parallel: { from: 1, isWhole: true },
  retries: { from: 0, isWhole: true },
  keepalive: { from: 0.1, isWhole: false },
  look: { from: 0.1, isWhole: false },
  'lost-after': { from: 0, isWhole: false },
  wait: { from: 0, isWhole: false },
  keep: { from: 0, isWhole: false },
};

/** What cannot be meant is said when a remote is added, not when its first job is lost. */
export function checkOptions({ options }: Pick<TargetSettings, 'options'>): void {
  for (const [name, value] of Object.entries(options)) {
    if (!Object.hasOwn(optionNames, name))
      throw fail('target.bad-option', {
        message: `There is no option "${name}".`,
        mend: `The options are ${Object.keys(optionNames).sort().join(', ')}.`,
      });
    const range = numbers[name];
    const number = value.trim() === '' ? Number.NaN : Number(value);
    if (range !== undefined && !(number >= range.from && (!range.isWhole || Number.isInteger(number))))
      throw fail('target.bad-option', {
        message: `The option "${name}" cannot be "${value}".`,
        mend: `It is a ${range.isWhole ? 'whole number' : 'number'} from ${range.from} on.`,
      });
    if (name === 'memory' && !(readMegabytes(value) >= 1))
      throw fail('target.bad-option', {
        message: `The option "memory" cannot be "${value}".`,
        mend: 'Memory is written 4G or 500M.',
      });
    // A job begins in another folder than the shell that sends it: what is not a whole path is two places.
    if (name === 'root' && !/^(?:\/|(?:~|\$HOME)(?:\/|$))/.test(value))
      throw fail('target.bad-option', {
        message: `The option "root" cannot be "${value}": it has to be a whole path.`,
        mend: 'Begin it with "/", or with "~/" for your home folder there. Other variables are not known here: write what they stand for.',
      });
  }
}

/** What its jobs ask for, when a node does not say otherwise. */
export function resourcesOf({ options }: Pick<TargetSettings, 'options'>): JobResources {
  const number = (name: string): number | undefined =>
    options[name] === undefined ? undefined : Number(options[name]);
  const extra = [
    ...(options['account'] === undefined ? [] : [`--account=${options['account']}`]),
    ...(options['extra'] ?? '').split(' ').filter((word) => word !== ''),
  ];
  const parsed = jobResources.safeParse({
    cores: number('cores'),
    memoryMb: options['memory'] === undefined ? undefined : readMegabytes(options['memory']),
    gpus: number('gpus'),
    minutes: number('time'),
    partition: options['partition'],
    image: options['image'],
    ...(extra.length === 0 ? {} : { extra }),
  });
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw fail('target.bad-option', {
    message: `The option "${String(issue?.path[0] ?? '')}" is not valid: ${issue?.message ?? ''}.`,
    mend: 'Cores, GPUs and minutes are whole numbers; memory is written 4G or 500M.',
  });
}

function readMegabytes(text: string): number {
  const [, number, unit] = /^(\d+(?:\.\d+)?)\s*([MGT]?)B?$/i.exec(text) ?? [];
  const factor = { '': 1, M: 1, G: 1024, T: 1024 * 1024 }[(unit ?? '').toUpperCase()] ?? 1;
  return Math.round(Number(number) * factor);
}
