/** Real servers for the tests of clusters, each started once a file and stopped with it: Slurm with sshd, Ray. Installed by root, or when told to (`-- --install`). */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { needTools } from '../system-tools.ts';

export interface SlurmLab {
  host: string;
  port: number;
  user: string;
  key: string;
  conf: string;
  folder: string;
  /** A command on the cluster's own host. */
  run: (program: string, ...args: string[]) => string;
  /** Stops or starts one of its daemons (`slurmctld`, `slurmdbd`). */
  signal: (daemon: string, signal: NodeJS.Signals) => void;
  pidOf: (daemon: string) => number;
  up: () => Promise<void>;
  down: () => Promise<void>;
}
export interface RayLab {
  url: string;
  venv: string;
  up: () => Promise<void>;
  down: () => Promise<void>;
  /** All of it dies in mid-word, as when the power fails. */
  crash: () => Promise<void>;
}

/** Many labs may run on one machine: each process has ports of its own, above Ray's worker range and below those that a system gives to whoever connects (from 32768 on Linux). */
const basePort = 20_000 + (process.pid % 250) * 50;
const isRoot = process.getuid?.() === 0;

/** Labs that a killed test run left behind: each is named by the process that it was for. */
async function sweepLeftovers(): Promise<void> {
  for (const name of readdirSync('/tmp')) {
    const [, kind, pid] = /^flowyard-lab-(slurm|ray)-(\d+)/.exec(name) ?? [];
    if (kind === undefined || existsSync(`/proc/${pid ?? ''}`)) continue;
    await script(`${kind}-down.sh`, { LAB: `/tmp/${name}` }, ['--wipe']);
  }
}

export async function startSlurm({ accounting = false, minJobAge = 300 } = {}): Promise<SlurmLab> {
  needTools('processes');
  await sweepLeftovers();
  const offset = accounting ? 20 : 0;
  const folder = `/tmp/flowyard-lab-slurm-${process.pid}${accounting ? '-dbd' : ''}`;
  const env = {
    LAB: folder,
    SSH_PORT: String(basePort + offset),
    CTLD_PORT: String(basePort + offset + 1),
    DBD_PORT: String(basePort + offset + 2),
    NODE_PORT0: String(basePort + offset + 3),
    MIN_JOB_AGE: String(minJobAge),
  };
  const args = accounting ? ['--dbd'] : [];
  const facts = readFacts(await script('slurm-up.sh', env, args));
  const conf = facts['SLURM_CONF'] ?? '';
  const run: SlurmLab['run'] = (program, ...rest) => {
    const { stdout, stderr, status } = spawnSync(program, rest, {
      encoding: 'utf8',
      env: { ...process.env, SLURM_CONF: conf },
      timeout: 20_000,
    });
    return status === 0 ? stdout : `${stdout}${stderr}`;
  };
  const pidOf = (daemon: string): number => Number(run('cat', `${folder}/pid/${daemon}`).split(' ')[0]);
  return {
    host: facts['SSH_HOST'] ?? '127.0.0.1',
    port: Number(facts['SSH_PORT']),
    user: facts['SSH_USER'] ?? '',
    key: facts['SSH_KEY'] ?? '',
    conf,
    folder,
    run,
    pidOf,
    signal: (daemon, signal) => void process.kill(pidOf(daemon), signal),
    up: async () => void (await script('slurm-up.sh', env, args)),
    down: async () => void (await script('slurm-down.sh', env, ['--wipe'])),
  };
}

export async function startRay(): Promise<RayLab> {
  needTools('python', 'curl', 'processes');
  await sweepLeftovers();
  const venv = rayVenv();
  const env = {
    LAB: `/tmp/flowyard-lab-ray-${process.pid}`,
    RAY_VENV: venv,
    DASH_PORT: String(basePort + 40),
    GCS_PORT: String(basePort + 41),
    AGENT_PORT: String(basePort + 42),
  };
  const facts = readFacts(await script('ray-up.sh', env));
  return {
    url: facts['RAY_URL'] ?? '',
    venv,
    up: async () => void (await script('ray-up.sh', env)),
    down: async () => void (await script('ray-down.sh', env, ['--wipe'])),
    crash: async () => void (await script('ray-down.sh', env, ['--crash'])),
  };
}

/** Kept between runs: it is made once a machine, in about a minute. */
export const rayVenv = (): string =>
  process.env['FLOWYARD_RAY_VENV'] ?? join(homedir(), '.cache', 'flowyard', 'ray-2.60.0');

/** Python packages for the double of Kubernetes. */
export function kubernetesValidator(): string {
  const venv = rayVenv();
  const place = join(venv, 'bin', 'kubernetes-validate');
  if (existsSync(place)) return place;
  needTools('python');
  const make = `[ -x '${venv}/bin/pip' ] || python3 -m venv '${venv}'; '${venv}/bin/pip' install -q kubernetes-validate==1.37.0`;
  const { status, stderr } = spawnSync('flock', ['-o', oneAtATime, 'sh', '-c', make], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`kubernetes-validate could not be installed: ${stderr}`);
  return place;
}

/** Two files of tests may want to install the same at once. The lock is let go before daemons are started, which would keep it. */
const oneAtATime = '/tmp/flowyard-labs.lock';

function script(name: string, env: Record<string, string>, args: string[] = []): Promise<string> {
  if (!isRoot && process.env['FLOWYARD_INSTALL'] === undefined)
    throw new Error(
      'The tests of clusters start servers: run them as root, or with `npm run test:clusters -- --install`, which uses sudo.',
    );
  const command = ['flock', '-o', oneAtATime, 'bash', join(import.meta.dirname, name), ...args];
  const [program = 'flock', ...rest] = isRoot ? command : ['sudo', '-E', ...command];
  return new Promise((resolve, reject) => {
    const child = spawn(program, rest, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.on('data', (data: Buffer) => (out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (err += data.toString()));
    child.once('error', reject);
    // Daemons hold the pipes open: the script's own end counts.
    child.once('exit', (code) =>
      code === 0 ? resolve(out) : reject(new Error(`${name} failed (${code ?? '?'}): ${err.slice(-2000)}`)),
    );
  });
}

const readFacts = (text: string): Record<string, string> =>
  Object.fromEntries(
    text.split('\n').flatMap((line) => {
      const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value]];
    }),
  );
