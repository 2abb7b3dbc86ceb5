/** Slurm by its own commands. State comes from `squeue`, which knows a job until some minutes after its end; accounting is not needed. */
import { fail } from '../../../shared/errors.ts';
import type { JobResources } from '../../../shared/targets.ts';
import type { RemoteFiles } from '../staging/files.ts';
import type { JobHandle, JobOrder, JobStatus, Queue } from './queue.ts';
import { quote } from '../shell/shell.ts';

export function openSlurmQueue(files: RemoteFiles): Queue {
  return {
    submit: async (order) => {
      const result = await files.run(submitScript(order));
      if (result.code === 0) return result.out.toString().trim().split(';')[0] ?? '';
      if (result.code === null)
        throw fail('target.unreachable', {
          message: 'The connection broke while the job was handed over.',
          mend: 'It is looked up before it is tried again.',
        });
      throw fail('slurm.refused', {
        message: `Slurm did not take the job: ${result.err
          .trim()
          .split('\n')
          .filter((line) => line !== '')
          .join(' ')}`.slice(0, 800),
        mend: 'Change the partition or what the job asks for.',
      });
    },
    status: async (jobs) => {
      if (jobs.length === 0) return new Map();
      // Never by partition: a job that an administrator moved would vanish.
      const ids = jobs.map((job) => job.id).join(',');
      const logs = jobs.map((job) => `runs/${job.run}/slurm-*.out`).join(' ');
      const result = await files.run(
        `squeue -h -r -t all -j ${ids} -o '%F|%T|%r|%N|%S|%j' 2>&1; code=$?
grep -lE '${memoryWords}' ${logs} 2>/dev/null | sed 's/^/memory:/'; exit $code`,
      );
      const text = result.out.toString();
      const isUnknown = result.code === null || (result.code !== 0 && !/Invalid job id/i.test(text));
      return new Map(jobs.map((job) => [job.name, isUnknown ? unknown(text) : readStatus(job, text)]));
    },
    cancel: async (job, graceMs) => {
      // TERM reaches the engine, which writes its end; what is left is killed by Slurm. A job that only waits takes no signal: scancel would try for a minute and a half.
      await files.must(
        'cancelling',
        `touch runs/${job.run}/cancel
scancel --state=PENDING ${job.id} 2>/dev/null
if squeue -h -t RUNNING -j ${job.id} 2>/dev/null | grep -q .; then scancel --batch --signal=TERM ${job.id} 2>/dev/null; fi
i=0; while [ $i -lt ${Math.ceil(graceMs / 500)} ] && squeue -h -t PENDING,RUNNING,COMPLETING -j ${job.id} 2>/dev/null | grep -q .; do sleep 0.5; i=$((i+1)); done
scancel ${job.id} 2>/dev/null; true`,
      );
    },
    load: async () => {
      const out = await files.must(
        'looking at the queue',
        `sinfo -h -o '%C' 2>/dev/null | head -1; squeue -h -o %T 2>/dev/null | sort | uniq -c`,
      );
      const [cores = '', ...states] = out.toString().split('\n');
      const count = (state: string): number =>
        Number(
          states
            .find((line) => line.includes(state))
            ?.trim()
            .split(' ')[0] ?? 0,
        );
      const [busy, , , all] = cores.split('/');
      return {
        running: count('RUNNING'),
        waiting: count('PENDING'),
        words: all === undefined ? '' : `${busy ?? '?'} of ${all} cores in use`,
      };
    },
    close: () => undefined,
  };
}

/** What Slurm writes into a job's log where it kills for memory: by its own count, or by the kernel's. Without it, the state alone may be FAILED or CANCELLED. */
const memoryWords = '[Ee]xceeded (job|step) memory limit|oom[_-]kill event';

function submitScript({ run, name, tasks, parallel, resources, command }: JobOrder): string {
  const folder = `runs/${run}`;
  const array = tasks.length > 1 ? [`--array=${ranges(tasks)}%${parallel}`] : [];
  const flags = [
    '--parsable',
    `--job-name=${name}`,
    `--comment=${quote(`flowyard ${run}`)}`,
    `--output=${folder}/slurm-%a.out`,
    '--open-mode=append',
    '--requeue',
    '--kill-on-invalid-dep=yes',
    // Time to write down why it ended.
    '--signal=B:USR1@30',
    ...array,
    ...asFlags(resources),
  ].join(' ');
  const task = tasks.length > 1 ? '$SLURM_ARRAY_TASK_ID' : String(tasks[0] ?? 0);
  // A signal reaches the shell, which hands it on; without `wait` it would only see it at the engine's end.
  return `mkdir -p ${tasks.map((t) => `${folder}/t${t}`).join(' ')}
found=$(squeue -h -r -t all -n ${name} -o %F 2>/dev/null | sort -u | tail -1)
[ -z "$found" ] && [ -s ${folder}/${name}.id ] && found=$(cat ${folder}/${name}.id)
if [ -n "$found" ]; then echo "$found"; exit 0; fi
sbatch ${flags} <<'FLOWYARD_END' | tee ${folder}/${name}.tmp
#!/bin/sh
cd "$ROOT" || exit 97
TASK=${task}; export TASK${resources.minutes === undefined ? '' : `\nFLOWYARD_ENDS=$(($(date +%s) + ${resources.minutes} * 60)); export FLOWYARD_ENDS`}
${command} >>${folder}/t$TASK/stdout 2>>${folder}/t$TASK/stderr &
child=$!
trap 'kill -TERM $child 2>/dev/null' TERM
trap 'kill -USR1 $child 2>/dev/null' USR1
code=0; wait $child || code=$?
while kill -0 $child 2>/dev/null; do wait $child; code=$?; done
exit $code
FLOWYARD_END
[ -s ${folder}/${name}.tmp ] || exit 1
cut -d';' -f1 ${folder}/${name}.tmp >${folder}/${name}.id`;
}

export function asFlags({ cores, memoryMb, gpus, minutes, partition, extra = [] }: JobResources): string[] {
  return [
    ...(cores === undefined ? [] : [`--cpus-per-task=${cores}`]),
    ...(memoryMb === undefined ? [] : [`--mem=${memoryMb}M`]),
    ...(gpus === undefined || gpus === 0 ? [] : [`--gres=gpu:${gpus}`]),
    ...(minutes === undefined ? [] : [`--time=${minutes}`]),
    ...(partition === undefined ? [] : [`--partition=${quote(partition)}`]),
    ...extra.map(quote),
  ];
}

/** 0, 1, 2, 5 → `0-2,5` */
export function ranges(numbers: readonly number[]): string {
  const sorted = [...numbers].sort((a, b) => a - b);
  const parts: [number, number][] = [];
  for (const n of sorted) {
    const last = parts.at(-1);
    if (last !== undefined && last[1] === n - 1) last[1] = n;
    else parts.push([n, n]);
  }
  return parts.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

const unknown = (said: string): JobStatus => ({
  state: 'unknown',
  words: `Slurm does not answer${said.trim() === '' ? '' : ` (${said.trim().slice(0, 200)})`}`,
});

/** All tasks of a job together: running when one runs, gone when all are. A job that `squeue` no longer knows is gone, which says nothing about how. */
function readStatus(job: JobHandle, text: string): JobStatus {
  const lines = text.split('\n').flatMap((line) => {
    const [id, state = '', reason = '', node = '', start = '', name] = line.split('|');
    // Numbers of jobs are used again: the name is ours.
    return id === job.id && (name === undefined || name === job.name) ? [{ state, reason, node, start }] : [];
  });
  if (lines.length === 0) return { state: 'gone', words: 'Slurm no longer knows the job' };
  const running = lines.filter((l) =>
    /^(RUNNING|COMPLETING|CONFIGURING|SUSPENDED|STAGE_OUT|SIGNALING|STOPPED)$/.test(l.state),
  );
  if (running.length > 0)
    return { state: 'running', words: `on ${[...new Set(running.map((l) => l.node))].join(', ')}` };
  const waiting = lines.find((l) => /^(PENDING|REQUEUED|REQUEUE_HOLD|SPECIAL_EXIT|RESIZING)$/.test(l.state));
  if (waiting !== undefined) return { state: 'waiting', words: reasonInWords(waiting.reason, waiting.start) };
  const last = lines.find((l) => l.state !== 'COMPLETED') ?? lines[0];
  if (/^(FAILED|CANCELLED|OUT_OF_MEMORY)$/.test(last?.state ?? '') && text.includes(`memory:runs/${job.run}/`))
    return { state: 'gone', words: endInWords('OUT_OF_MEMORY', ''), isFinal: true };
  const isFinal = /^(TIMEOUT|OUT_OF_MEMORY|CANCELLED|DEADLINE)/.test(last?.state ?? '');
  return { state: 'gone', words: endInWords(last?.state ?? '', last?.reason ?? ''), isFinal };
}

const reasons: Readonly<Record<string, string>> = {
  None: 'the scheduler has not looked at it yet',
  Priority: 'jobs with more priority are ahead',
  Resources: 'it waits for free cores or memory',
  Dependency: 'it waits for another job',
  DependencyNeverSatisfied: 'the job that it waits for failed: it will never start',
  PartitionConfig: 'no node of this partition has what it asks for: it will never start',
  PartitionNodeLimit: 'it asks for more nodes than the partition allows: it will never start',
  PartitionTimeLimit: 'it asks for more time than the partition allows: it will never start',
  PartitionDown: 'the partition takes no jobs now',
  PartitionInactive: 'the partition takes no jobs now',
  ReqNodeNotAvail: 'a node that it asks for is down or reserved',
  Reservation: 'it waits for its reservation',
  BeginTime: 'it was held back for a moment after a failed start',
  JobHeldUser: 'it is held',
  JobHeldAdmin: 'an administrator holds it',
  JobArrayTaskLimit: 'as many of its tasks run as may run side by side',
  QOSMaxJobsPerUserLimit: 'you have as many jobs running as you may',
  AssocMaxJobsLimit: 'your account has as many jobs running as it may',
  AssocGrpCPUMinutesLimit: 'your account has used up its hours',
  InvalidAccount: 'the account is not valid',
  InvalidQOS: 'the quality of service is not valid',
  BadConstraints: 'no node fits what it asks for: it will never start',
};

export function reasonInWords(reason: string, start = ''): string {
  const words = reasons[reason] ?? `Slurm says "${reason}"`;
  const at = /^\d{4}-\d\d-\d\dT(\d\d:\d\d)/.exec(start)?.[1];
  return at === undefined ? words : `${words}; Slurm expects it to start at ${at}`;
}

export function endInWords(state: string, reason: string): string {
  switch (state) {
    case 'COMPLETED':
      return 'Slurm says it ended';
    case 'TIMEOUT':
      return 'its time was up';
    case 'OUT_OF_MEMORY':
      return 'it used more memory than it asked for';
    case 'NODE_FAIL':
      return 'its node failed';
    case 'PREEMPTED':
      return 'another job took its place';
    case 'CANCELLED':
      return reason === 'DependencyNeverSatisfied' ? 'the job that it waited for failed' : 'it was cancelled';
    case 'BOOT_FAIL':
      return 'its node did not start';
    case 'DEADLINE':
      return 'its deadline passed';
    default:
      return `Slurm says ${state}${reason === '' || reason === 'None' ? '' : `, ${reason}`}`;
  }
}
