/** What a remote is: asked in one call, told in facts and in findings that a person can read. */
import { fail } from '../../../shared/errors.ts';
import type { Finding, TargetFacts, TargetSettings } from '../../../shared/targets.ts';
import type { TargetSystem } from '../staging/bundle.ts';
import type { RemoteFiles } from '../staging/files.ts';

export interface Probed {
  facts: TargetFacts;
  system: TargetSystem;
  findings: Finding[];
}

const script = `
say() { printf '%s=%s\\n' "$1" "$2"; }
say system "$(uname -s)"; say release "$( (. /etc/os-release 2>/dev/null && echo "$PRETTY_NAME") || uname -r)"
say machine "$(uname -m)"
say glibc "$( (getconf GNU_LIBC_VERSION 2>/dev/null | sed 's/^glibc //') || true)"
say cores "$(getconf _NPROCESSORS_ONLN 2>/dev/null || nproc 2>/dev/null)"
say memory_kb "$(sed -n 's/^MemTotal: *\\([0-9]*\\).*/\\1/p' /proc/meminfo 2>/dev/null)"
say node "$(node --version 2>/dev/null)"
say free_kb "$(df -Pk . 2>/dev/null | awk 'NR==2 {print $4}')"
say quota "$(quota -w 2>/dev/null | tail -n +3 | awk '{print $2"/"$3}' | head -1)"
say now "$(date +%s)"
for t in tar gzip dd; do command -v $t >/dev/null 2>&1 || say lacks "$t"; done
command -v sha256sum >/dev/null 2>&1 || command -v shasum >/dev/null 2>&1 || say lacks sha256sum
command -v nvidia-smi >/dev/null 2>&1 && nvidia-smi --query-gpu=name,memory.total --format=csv,noheader 2>/dev/null | while read -r g; do say gpu "$g"; done
if command -v sbatch >/dev/null 2>&1; then
  say slurm "$(sbatch --version 2>/dev/null | sed 's/^slurm-wlm //; s/^slurm //')"
  sinfo -h -o '%P|%D|%c|%l|%a|%G' 2>/dev/null | while read -r p; do say partition "$p"; done
  say sinfo "$(sinfo -h -o %t 2>&1 >/dev/null | head -1)"
  say accounting "$(scontrol show config 2>/dev/null | sed -n 's/^AccountingStorageType *= *//p')"
  say maxarray "$(scontrol show config 2>/dev/null | sed -n 's/^MaxArraySize *= *//p')"
fi
touch .write-test 2>/dev/null && say writes yes; rm -f .write-test
true`;

export async function probe(files: RemoteFiles, target: TargetSettings): Promise<Probed> {
  const startedMs = Date.now();
  const out = await files.must('looking at the remote', script, { timeoutMs: 60_000 });
  const ms = Date.now() - startedMs;
  const all = (name: string): string[] =>
    out
      .toString()
      .split('\n')
      .flatMap((line) => (line.startsWith(`${name}=`) ? [line.slice(name.length + 1).trim()] : []));
  const text = (name: string): string | null => all(name).find((value) => value !== '') ?? null;
  const number = (name: string): number | null => {
    const value = text(name);
    return value === null || !Number.isFinite(Number(value)) ? null : Number(value);
  };
  const system = text('system') ?? '';
  const machine = text('machine') ?? '';
  const arch =
    machine === 'x86_64' || machine === 'amd64' ? 'x64' : /^(aarch64|arm64)$/.test(machine) ? 'arm64' : machine;
  const slurm = text('slurm');
  const accounting = text('accounting');
  const kb = (value: number | null): number | null => (value === null ? null : Math.round(value / 1024));
  const facts: TargetFacts = {
    system: text('release') ?? system,
    arch,
    cores: number('cores'),
    memory_mb: kb(number('memory_kb')),
    gpus: all('gpu'),
    disk_free_mb: kb(number('free_kb')),
    node: text('node'),
    scheduler: slurm === null || target.kind !== 'slurm' ? null : `Slurm ${slurm}`,
    partitions: all('partition').map((line) => {
      const [name = '', nodes, cores, limit = ''] = line.split('|');
      return { name: name.replace(/\*$/, ''), nodes: Number(nodes), cores: Number.parseInt(cores ?? '0', 10), limit };
    }),
    accounting: slurm === null ? null : accounting !== null && !accounting.includes('none'),
    clock_s: Math.round((number('now') ?? Date.now() / 1000) - (startedMs + ms / 2) / 1000),
    ms,
  };
  const platform = system === 'Linux' ? 'linux' : system === 'Darwin' ? 'darwin' : system.toLowerCase();
  const lacks = all('lacks');
  if (lacks.length > 0)
    throw fail('target.lacks-tools', { message: `The remote lacks ${lacks.join(', ')}.`, mend: 'Install them there.' });
  if (text('writes') === null)
    throw fail('target.no-root', {
      message: "The remote's folder cannot be written.",
      mend: 'Choose another with --option root=….',
    });
  if (target.kind === 'slurm' && slurm === null)
    throw fail('target.no-slurm', {
      message: 'There is no Slurm on this machine: "sbatch" is not found.',
      mend: 'Use a login node of the cluster, or the kind "ssh".',
    });
  const sinfo = text('sinfo');
  if (target.kind === 'slurm' && sinfo !== null)
    throw fail('target.slurm-silent', {
      message: `Slurm does not answer (${sinfo}).`,
      mend: 'Its controller may be down: try again later.',
    });
  return {
    facts,
    system: { platform, arch, node: facts.node, glibc: text('glibc') },
    findings: findingsOf(facts, target, text('quota')),
  };
}

function findingsOf(facts: TargetFacts, target: TargetSettings, quota: string | null): Finding[] {
  // As the window counts: a GB is 10⁹ bytes.
  const gb = (mb: number): string => {
    const gigabytes = (mb * 2 ** 20) / 1e9;
    return `${gigabytes >= 100 ? Math.round(gigabytes) : gigabytes.toFixed(1)} GB`;
  };
  const many = (n: number, noun: string): string => `${n} ${noun}${n === 1 ? '' : 's'}`;
  const found: Finding[] = [
    { what: 'system', state: 'good', text: facts.system, detail: facts.arch },
    {
      what: 'cores',
      state: 'good',
      text: `${facts.cores === null ? '? cores' : many(facts.cores, 'core')}${facts.memory_mb === null ? '' : `, ${gb(facts.memory_mb)}`}`,
      ...(target.kind === 'slurm' ? { detail: 'of the login node' } : {}),
    },
    facts.gpus.length === 0
      ? { what: 'gpus', state: 'good', text: 'No GPU' }
      : { what: 'gpus', state: 'good', text: `${facts.gpus.length} × ${facts.gpus[0] ?? ''}` },
  ];
  if (facts.scheduler !== null && target.kind === 'slurm') {
    const nodes = facts.partitions.reduce((sum, p) => Math.max(sum, p.nodes), 0);
    found.push({
      what: 'scheduler',
      state: 'good',
      text: facts.scheduler,
      detail: `${many(facts.partitions.length, 'partition')}, up to ${many(nodes, 'node')}`,
    });
    for (const p of facts.partitions.slice(0, 6))
      found.push({
        what: 'partition',
        state: 'good',
        text: `Partition ${p.name}`,
        detail: `${many(p.nodes, 'node')} of ${many(p.cores, 'core')}, ${p.limit === 'infinite' ? 'no time limit' : `limit ${p.limit}`}`,
      });
    found.push({
      what: 'accounting',
      state: 'good',
      text: facts.accounting === true ? 'Accounting is kept' : 'No accounting',
      ...(facts.accounting === true ? {} : { detail: 'Fine: runs tell their own end.' }),
    });
  }
  if (facts.disk_free_mb !== null)
    found.push({
      what: 'disk',
      state: facts.disk_free_mb < 2048 ? 'doubtful' : 'good',
      text: `${gb(facts.disk_free_mb)} free`,
      ...(quota === null || quota === '/' ? {} : { detail: `quota ${quota} KB` }),
    });
  found.push(
    facts.node !== null && Number(/^v?(\d+)/.exec(facts.node)?.[1] ?? 0) >= 24
      ? { what: 'node', state: 'good', text: `Node ${facts.node} is there` }
      : {
          what: 'node',
          state: 'good',
          text: 'Node is sent along',
          detail: facts.node === null ? 'none there' : `there is only ${facts.node}`,
        },
  );
  if (Math.abs(facts.clock_s) > 5)
    found.push({
      what: 'clock',
      state: 'doubtful',
      text: `Its clock is ${Math.abs(facts.clock_s)} s ${facts.clock_s > 0 ? 'ahead' : 'behind'}`,
      detail: 'Times of its events are shown as it tells them.',
    });
  return found;
}
