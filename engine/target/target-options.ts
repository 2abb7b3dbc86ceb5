/** What a target's options say, and what its jobs ask for. Reads words alone: a host knows it without the parts that reach a target. */
import { fail } from '../../shared/errors.ts';
import { jobResources, type JobResources, type TargetSettings } from '../../shared/targets.ts';

/** An option in seconds. */
export function millis({ options }: Pick<TargetSettings, 'options'>, name: string, usual: number): number {
  const value = Number(options[name]);
  return options[name] !== undefined && Number.isFinite(value) && value >= 0 ? value * 1000 : usual;
}

/** What every option may be, for `targets add`: an unknown one is a typing mistake. */
export const optionNames: Readonly<Record<string, string>> = {
  root: 'Folder on the target. Default: ~/.flowyard.',
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
  keep: 'Days that finished runs stay on the target. Default: 7.',
  ca: 'File with the certificate of the Kubernetes API server.',
};

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
