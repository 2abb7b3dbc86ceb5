/** One connection for all that is done on a remote under the same settings; open while something is there or somebody asks. */
import type { TargetSettings } from '../../../shared/targets.ts';
import type * as OpenTargetModule from '../../remote/open-target.ts';
import type { OpenTarget } from '../../remote/open-target.ts';
import { watchTarget, type TargetWatch } from '../../remote/placement/target-watch.ts';
import { millis } from '../../remote/target-options.ts';
import type { Store } from '../../store/store.ts';

export interface Connected {
  open: OpenTarget;
  watch: TargetWatch;
  users: number;
  idle: NodeJS.Timeout | undefined;
}
export interface Connections {
  /** Before anything is reached: loads what reaches it, and reads its secrets. */
  prepare: (settings: TargetSettings) => Promise<void>;
  reach: (settings: TargetSettings) => Connected;
  release: (settings: TargetSettings) => void;
  using: <T>(settings: TargetSettings, work: (one: Connected) => Promise<T>) => Promise<T>;
  close: () => void;
}
type ReadSecrets = (names: readonly string[]) => Promise<Record<string, string>>;

const idleMs = 60_000;

export function makeConnections(store: Store, readSecrets: ReadSecrets | undefined): Connections {
  const connected = new Map<string, Connected>();
  /** Those that settings name, in memory while this host lives. */
  const secrets = new Map<string, string>();
  /** SSH, Ray and Kubernetes are loaded by who reaches a remote: most hosts never do. */
  let openTarget: typeof OpenTargetModule.openTarget | undefined;

  async function prepare(settings: TargetSettings): Promise<void> {
    ({ openTarget } = await import('../../remote/open-target.ts'));
    const names = ['passphrase', 'token'].flatMap((option) => settings.options[option] ?? []);
    if (names.length === 0 || readSecrets === undefined) return;
    for (const [name, value] of Object.entries(await readSecrets(names))) secrets.set(name, value);
  }

  function reach(settings: TargetSettings): Connected {
    const id = JSON.stringify(settings);
    const known = connected.get(id);
    if (known !== undefined) return known;
    if (openTarget === undefined) throw new Error(`the remote "${settings.name}" is reached before it was prepared`);
    const open = openTarget(settings, {
      hostKey: store.targets.get(settings.name)?.host_key ?? null,
      onHostKey: (key) => {
        if (!store.readOnly) store.targets.pinHostKey(settings.name, key);
      },
      secret: (wanted) => secrets.get(wanted),
    });
    const made: Connected = { open, watch: watchTarget(open, timesOf(settings)), users: 0, idle: undefined };
    connected.set(id, made);
    return made;
  }

  function release(settings: TargetSettings): void {
    const id = JSON.stringify(settings);
    const one = connected.get(id);
    if (one === undefined) return;
    one.users -= 1;
    clearTimeout(one.idle);
    if (one.users > 0) return;
    one.idle = setTimeout(() => {
      if (one.users > 0) return;
      connected.delete(id);
      one.watch.close();
    }, idleMs);
    one.idle.unref();
  }

  return {
    prepare,
    reach,
    release,
    using: async (settings, work) => {
      await prepare(settings);
      const one = reach(settings);
      one.users += 1;
      try {
        return await work(one);
      } finally {
        release(settings);
      }
    },
    close: () => {
      for (const { watch, idle } of connected.values()) {
        clearTimeout(idle);
        watch.close();
      }
      connected.clear();
    },
  };
}

/** How often it is looked at: what schedules jobs for many is asked less. */
function timesOf(settings: TargetSettings) {
  const lookMs = millis(settings, 'look', 1000);
  const isBusy = settings.kind === 'slurm' || settings.kind === 'kubernetes';
  return { lookMs, restMs: lookMs * 5, statusMs: isBusy ? Math.min(10_000, lookMs * 10) : lookMs * 2 };
}
