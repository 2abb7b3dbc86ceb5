/** Jobs as plain processes, on this machine or over SSH: one session each, so that a cancel reaches all that it started and nothing else. */
import type { RemoteFiles } from '../staging/files.ts';
import type { JobHandle, JobOrder, JobStatus, Queue } from './queue.ts';

/** Sets `t` to the start time of process `p`, which with its number names it for ever (field 22 of /proc, or what `ps` says). */
const startOf =
  'started() { sed "s/.*) //" "/proc/$1/stat" 2>/dev/null | cut -d" " -f20 || ps -o lstart= -p "$1" 2>/dev/null; }';

export function openProcessQueue(files: RemoteFiles): Queue {
  return {
    submit: async (order) => {
      const folder = `runs/${order.run}`;
      const out = await files.must('starting the run', startScript(folder, order));
      return out.toString().trim();
    },
    status: async (jobs) => {
      if (jobs.length === 0) return new Map();
      const out = await files.must('looking at the runs', `${startOf}\n${jobs.map(statusScript).join('\n')}\ntrue`);
      const lines = new Map(
        out
          .toString()
          .trim()
          .split('\n')
          .map((line): [string, string] => {
            const [name = '', state = ''] = line.split(' ');
            return [name, state];
          }),
      );
      return new Map(
        jobs.map(({ name }): [string, JobStatus] =>
          lines.get(name) === 'alive'
            ? [name, { state: 'running', words: '' }]
            : [name, { state: 'gone', words: 'its process is gone' }],
        ),
      );
    },
    cancel: async (job, graceMs) => {
      await files.must('cancelling', cancelScript(job, Math.ceil(graceMs / 1000)));
    },
    load: async () => {
      const out = await files.must(
        'looking at the load',
        'cut -d" " -f1 /proc/loadavg 2>/dev/null || uptime | sed "s/.*average[s]*: *//"',
      );
      return { running: 0, waiting: 0, words: `load ${out.toString().trim()}` };
    },
    close: () => undefined,
  };
}

/** The folder `job-<name>` is made by the first that comes; who loses reads the winner's process. */
function startScript(folder: string, { name, tasks, parallel, command }: JobOrder): string {
  const many = tasks.length > 1;
  const body = many
    ? `printf '%s\\n' ${tasks.join(' ')} | xargs -P ${parallel} -I @ sh -c 'TASK=@; export TASK; ${command.replaceAll("'", `'\\''`)} >>${folder}/t@/stdout 2>>${folder}/t@/stderr'`
    : `TASK=${tasks[0] ?? 0}; export TASK; ${command} >>${folder}/t$TASK/stdout 2>>${folder}/t$TASK/stderr`;
  return `${startOf}
mkdir -p ${tasks.map((t) => `${folder}/t${t}`).join(' ')}
cat >${folder}/${name}.sh <<'FLOWYARD_END'
p=$$; started() { sed "s/.*) //" "/proc/$1/stat" 2>/dev/null | cut -d" " -f20 || ps -o lstart= -p "$1" 2>/dev/null; }
echo "$p $(started $p)" >${folder}/${name}.tmp && mv ${folder}/${name}.tmp ${folder}/${name}.pid
${body}
FLOWYARD_END
start() {
  if command -v setsid >/dev/null; then setsid nohup sh ${folder}/${name}.sh >/dev/null 2>&1 </dev/null &
  else nohup sh ${folder}/${name}.sh >/dev/null 2>&1 </dev/null & fi
}
if mkdir ${folder}/${name}.job 2>/dev/null; then start
elif [ ! -s ${folder}/${name}.pid ]; then sleep 2; [ -s ${folder}/${name}.pid ] || start; fi
for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do [ -s ${folder}/${name}.pid ] && break; sleep 0.1; done
cut -d" " -f1 ${folder}/${name}.pid`;
}

const statusScript = ({ name, run }: JobHandle): string =>
  `f=runs/${run}/${name}.pid; if [ -s $f ]; then read -r p t <$f; if [ -n "$t" ] && [ "$(started $p)" = "$t" ]; then echo "${name} alive"; else echo "${name} gone"; fi; else echo "${name} gone"; fi`;

/** The group is killed only while its leader is the very process that was started; a number used again is somebody else's. */
const cancelScript = ({ name, run }: JobHandle, graceS: number): string => `${startOf}
touch runs/${run}/cancel
f=runs/${run}/${name}.pid
[ -s $f ] || exit 0
read -r p t <$f
[ -n "$t" ] && [ "$(started $p)" = "$t" ] || exit 0
kill -TERM -$p 2>/dev/null || kill -TERM $p 2>/dev/null
i=0; while [ $i -lt ${graceS * 10} ] && kill -0 -$p 2>/dev/null; do sleep 0.1; i=$((i+1)); done
kill -KILL -$p 2>/dev/null
true`;
