/** A target as it is worked with: a shell, files, whoever starts jobs. Opened when it is first needed, one for all runs that are there. */
import { fail, unreachable } from '../../shared/errors.ts';
import { jobResources, type JobResources, type TargetSettings } from '../../shared/targets.ts';
import { RemoteFiles } from './files.ts';
import { openKubeClient } from './kube-client.ts';
import { openKubeQueue, openKubeShell, readPlace, type KubePlace } from './kube-queue.ts';
import { look, type Look, type Watched } from './look.ts';
import { openLocalShell } from './local-shell.ts';
import { probe, type Probed } from './probe.ts';
import { openProcessQueue } from './process-queue.ts';
import type { Queue } from './queue.ts';
import { openRayApi, type RayApi } from './ray-api.ts';
import { lookAtRay, openRayQueue } from './ray-queue.ts';
import { openRayShell } from './ray-shell.ts';
import type { RemoteShell } from './shell.ts';
import { openSlurmQueue } from './slurm-queue.ts';
import { findHops, readSurroundings } from './ssh-settings.ts';
import { openSshShell } from './ssh-shell.ts';

export interface OpenTarget {
  settings: TargetSettings;
  shell: RemoteShell;
  files: RemoteFiles;
  queue: Queue;
  /** What the runs there have told: by files, or where a scheduler keeps it. */
  look: (watched: readonly Watched[]) => Promise<Look[]>;
  /** Asked once. */
  probe: () => Promise<Probed>;
  close: () => void;
}
export interface TargetTrust {
  hostKey: string | null;
  onHostKey: (fingerprint: string) => void;
  secret?: (name: string) => string | undefined;
}

export function openTarget(settings: TargetSettings, trust: TargetTrust): OpenTarget {
  const root = settings.options['root'] ?? (settings.kind === 'kubernetes' ? '/flowyard' : '~/.flowyard');
  const { shell, ...parts } = openParts(settings, trust, root);
  const files = new RemoteFiles(shell, root);
  const makeQueue = parts.makeQueue ?? (settings.kind === 'slurm' ? openSlurmQueue : openProcessQueue);
  const queue = makeQueue(files);
  let probed: Promise<Probed> | undefined;
  return {
    settings,
    shell,
    files,
    queue,
    look: parts.look ?? ((watched) => look(files, watched)),
    probe: () => {
      probed ??= probe(files, settings)
        .then(async (found) => (parts.more === undefined ? found : parts.more(found)))
        .catch((error: unknown) => {
          probed = undefined;
          throw error;
        });
      return probed;
    },
    close: () => {
      queue.close();
      shell.close();
    },
  };
}

interface Parts {
  shell: RemoteShell;
  /** Default: by the shell. */
  makeQueue?: (files: RemoteFiles) => Queue;
  look?: OpenTarget['look'];
  /** What only the scheduler's own interface tells. */
  more?: (found: Probed) => Promise<Probed>;
}

function openParts(settings: TargetSettings, trust: TargetTrust, root: string): Parts {
  switch (settings.kind) {
    case 'local':
      return { shell: openLocalShell() };
    case 'ssh':
    case 'slurm': {
      const around = { ...readSurroundings(), ...(trust.secret === undefined ? {} : { secret: trust.secret }) };
      const keepaliveMs = millis(settings, 'keepalive', 15_000);
      return { shell: openSshShell({ hops: findHops(settings, around), ...trust, keepaliveMs }) };
    }
    case 'ray': {
      const api = openRayApi(settings.url ?? '', secretOf(settings, 'token', trust));
      return {
        shell: openRayShell(api),
        makeQueue: (files) => openRayQueue(api, root, files),
        look: (watched) => lookAtRay(api, watched),
        more: (found) => tellRay(api, found),
      };
    }
    case 'kubernetes': {
      const place = readPlace(settings);
      const { ca } = settings.options;
      const client = openKubeClient({
        url: settings.url,
        token: secretOf(settings, 'token', trust),
        ca,
        namespace: place.namespace,
      });
      return {
        shell: openKubeShell(client, place),
        makeQueue: (files) => openKubeQueue(client, place, () => files),
        more: async (found) => tellKubernetes(await client.version(), place, found),
      };
    }
    default:
      return unreachable(settings.kind);
  }
}

const tellKubernetes = (version: string, { namespace, image, volume }: KubePlace, found: Probed): Probed => ({
  ...found,
  facts: { ...found.facts, scheduler: `Kubernetes ${version}` },
  findings: [
    { what: 'scheduler', state: 'good', text: `Kubernetes ${version}`, detail: `namespace ${namespace}` },
    { what: 'image', state: 'good', text: `Image ${image}`, detail: `volume ${volume}` },
    ...found.findings,
  ],
});

async function tellRay(api: RayApi, found: Probed): Promise<Probed> {
  const [version, nodes] = await Promise.all([api.version(), api.nodes()]);
  return {
    ...found,
    facts: {
      ...found.facts,
      scheduler: `Ray ${version}`,
      cores: nodes.cores,
      memory_mb: nodes.memoryMb || found.facts.memory_mb,
    },
    findings: [
      {
        what: 'scheduler',
        state: 'good',
        text: `Ray ${version}`,
        detail: `${nodes.alive} nodes, ${nodes.cores} cores, ${nodes.gpus} GPUs`,
      },
      ...found.findings,
    ],
  };
}

/** A token by its name; it is nowhere else but in the secret store, or in the environment of who started us. */
function secretOf({ options, name }: TargetSettings, option: string, { secret }: TargetTrust): string | undefined {
  const wanted = options[option];
  if (wanted === undefined) return undefined;
  const value =
    secret?.(wanted) ?? process.env[`FLOWYARD_SECRET_${wanted.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`];
  if (value !== undefined) return value;
  throw fail('target.no-secret', {
    message: `The target "${name}" needs the secret "${wanted}", which is not stored here.`,
    mend: 'Add it to the secrets.',
  });
}

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
