/** What the running runs of a remote have told since the last look: one call for all of them. */
import type { RemoteFiles } from '../staging/files.ts';
import { taskFolder } from '../../store/placements/run-layout.ts';

export interface Watched {
  run: string;
  task: number;
  /** Bytes of `events.jsonl` that were taken: up to the end of a whole line. */
  offset: number;
}
export interface Look {
  /** Whole lines only. */
  lines: string[];
  /** Where the next look begins. */
  offset: number;
  /** More is there than was sent. */
  hasMore: boolean;
  /** Text of `exit.json`, once all events are taken. */
  exit: string | undefined;
  /** Seconds since the last sign of life; null: none yet. */
  silentS: number | null;
  stderr: string;
}

const mostBytes = 1 << 20;

/** For each line `folder offset`: a header `@ <bytes> <size> <exit bytes> <age> <stderr bytes>`, then exactly those bytes. `exit.json` is looked for before the events are measured. */
const script = `now=$(date +%s)
while read -r d o; do
  x=0; [ -e "$d/exit.json" ] && x=$(($(wc -c <"$d/exit.json")))
  s=$(($(wc -c 2>/dev/null <"$d/events.jsonl" || echo 0))); n=$((s-o)); [ $n -lt 0 ] && n=0; [ $n -gt ${mostBytes} ] && n=${mostBytes}
  h=-1; m=$(stat -c %Y "$d/heartbeat" 2>/dev/null || stat -f %m "$d/heartbeat" 2>/dev/null) && h=$((now-m))
  e=0; if [ $x -gt 0 ]; then e=$(($(wc -c 2>/dev/null <"$d/stderr" || echo 0))); [ $e -gt 2000 ] && e=2000; fi
  printf '@ %s %s %s %s %s\\n' $n $s $x $h $e
  [ $n -gt 0 ] && tail -c +$((o+1)) "$d/events.jsonl" | head -c $n
  [ $x -gt 0 ] && head -c $x "$d/exit.json"
  [ $e -gt 0 ] && tail -c $e "$d/stderr" | head -c $e
done
true`;

export async function look(files: RemoteFiles, watched: readonly Watched[], signal?: AbortSignal): Promise<Look[]> {
  if (watched.length === 0) return [];
  const input = Buffer.from(watched.map((w) => `${taskFolder(w.run, w.task)} ${w.offset}\n`).join(''));
  const out = await files.must('reading what the run tells', script, {
    input,
    timeoutMs: 60_000,
    ...(signal === undefined ? {} : { signal }),
  });
  let at = 0;
  const take = (bytes: number): Buffer => {
    const part = out.subarray(at, at + bytes);
    at += bytes;
    return part;
  };
  return watched.map((w): Look => {
    const end = out.indexOf(10, at);
    const [, n = 0, size = 0, exitBytes = 0, age = -1, errBytes = 0] = out
      .toString('latin1', at, end)
      .split(' ')
      .map(Number);
    at = end + 1;
    const { lines, used } = wholeLines(take(n));
    const exit = take(exitBytes).toString();
    const stderr = take(errBytes).toString();
    const offset = w.offset + used;
    const isAll = w.offset + n >= size;
    return {
      lines,
      offset,
      hasMore: !isAll,
      exit: exit !== '' && isAll ? exit : undefined,
      silentS: age < 0 ? null : age,
      stderr,
    };
  });
}

/** Cut at the last line's end, in bytes: half a line, or half a letter, waits for its rest. */
export function wholeLines(bytes: Buffer): { lines: string[]; used: number } {
  const last = bytes.lastIndexOf(10);
  if (last < 0) return { lines: [], used: 0 };
  return {
    lines: bytes
      .toString('utf8', 0, last)
      .split('\n')
      .filter((line) => line !== ''),
    used: last + 1,
  };
}
