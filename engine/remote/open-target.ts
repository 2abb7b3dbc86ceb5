/** A remote as it is worked with: a shell, files, whoever starts jobs. Opened when it is first needed, one for all runs that are there. */
import { fail, unreachable } from '../../shared/errors.ts';
import type { TargetSettings } from '../../shared/targets.ts';
import { RemoteFiles } from './staging/files.ts';
import { openKubeClient } from './shell/kube-client.ts';
import { openKubeQueue, openKubeShell, readPlace, type KubePlace } from './queue/kube-queue.ts';
import { look, type Look, type Watched } from './placement/look.ts';
import { openLocalShell } from './shell/local-shell.ts';
import { probe, type Probed } from './there/probe.ts';
import { openProcessQueue } from './queue/process-queue.ts';
import type { Queue } from './queue/queue.ts';
import { openRayApi, type RayApi } from './shell/ray-api.ts';
import { lookAtRay, openRayQueue } from './queue/ray-queue.ts';
import { openRayShell } from './shell/ray-shell.ts';
import type { RemoteShell } from './shell/shell.ts';
import { openSlurmQueue } from './queue/slurm-queue.ts';
import { findHops, readSurroundings } from './shell/ssh-settings.ts';
import { openSshShell } from './shell/ssh-shell.ts';
import { millis } from './target-options.ts';

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
        more: (found) => probeRay(api, found),
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
        more: async (found) => probeKubernetes(await client.version(), place, found),
      };
    }
    default:
      return unreachable(settings.kind);
  }
}

const probeKubernetes = (version: string, { namespace, image, volume }: KubePlace, found: Probed): Probed => ({
  ...found,
  facts: { ...found.facts, scheduler: `Kubernetes ${version}` },
  findings: [
    { what: 'scheduler', state: 'good', text: `Kubernetes ${version}`, detail: `namespace ${namespace}` },
    { what: 'image', state: 'good', text: `Image ${image}`, detail: `volume ${volume}` },
    ...found.findings,
  ],
});

async function probeRay(api: RayApi, found: Probed): Promise<Probed> {
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
    message: `The remote "${name}" needs the secret "${wanted}", which is not stored here.`,
    mend: 'Add it to the secrets.',
  });
}
