/** What goes on a remote: folders of runs that came to their end long ago, half of what was sent, inputs and results that nobody used for as long. */
import type { RemoteFiles } from './files.ts';
import { quote } from '../shell/shell.ts';

export interface CleanUpOptions {
  olderThanDays: number;
  /** Runs that are not over, whatever their age. */
  keep: readonly string[];
  /** These alone: what other workspaces have there is theirs. Default: any. */
  only?: readonly string[];
}

/** Half of a file that has not grown for so long has no sender any more: at once when somebody asks for room, else with time for a laptop to come back. */
const minutesOfHalf = { asked: 10, usual: 1440 };

/** When it is asked for: says what was freed. */
export async function cleanUp(
  files: Pick<RemoteFiles, 'must'>,
  options: CleanUpOptions,
): Promise<{ freed_bytes: number; runs: number }> {
  const script = `before=$(du -sk . 2>/dev/null | cut -f1)
${removal(options, minutesOfHalf.asked)}
after=$(du -sk . 2>/dev/null | cut -f1)
echo "$n $((before-after))"`;
  const out = await files.must('cleaning up', script);
  const [runs = 0, kb = 0] = out.toString().trim().split(' ').map(Number);
  return { freed_bytes: Math.max(0, kb) * 1024, runs };
}

/**
 * The policy, at most once a day for a remote: nobody waits for it.
 * @param inBackground the machine goes on with it when nobody is connected any more
 */
export async function tidyUp(
  files: Pick<RemoteFiles, 'must'>,
  options: CleanUpOptions,
  inBackground: boolean,
): Promise<void> {
  const script = removal(options, minutesOfHalf.usual);
  await files.must(
    'cleaning up',
    `[ -n "$(find .tidied -mmin -1440 2>/dev/null)" ] && exit 0
touch .tidied
tidy() { trap '' HUP
${script}
}
${inBackground ? 'tidy >/dev/null 2>&1 </dev/null &' : 'tidy'}
true`,
  );
}

function removal({ olderThanDays, keep, only }: CleanUpOptions, minutes: number): string {
  const days = Math.max(0, Math.floor(olderThanDays));
  const age = days === 0 ? '' : `-mtime +${days}`;
  // A run counts as over when each of its tasks has an end; one that somebody follows is left alone.
  return `KEEP=${quote(keep.join(' '))}
ONLY=${quote(only === undefined ? 'any' : only.join(' '))}
n=0
for d in runs/*/; do
  [ -d "$d" ] || continue
  r=\${d#runs/}; r=\${r%/}
  case " $KEEP " in *" $r "*) continue;; esac
  [ "$ONLY" = any ] || case " $ONLY " in *" $r "*) ;; *) continue;; esac
  [ -n "$(find "$d" -maxdepth 0 ${age})" ] || continue
  open=0; for t in "$d"t*/; do [ -e "$t/exit.json" ] || open=1; done
  [ $open = 0 ] || [ -n "$(find "$d" -maxdepth 0 -mtime +30)" ] || continue
  rm -rf "$d"; n=$((n+1))
done
find tmp -mindepth 1 -maxdepth 1 -mmin +1440 -exec rm -rf {} + 2>/dev/null
find runtime -mindepth 1 -maxdepth 1 -name 'tmp-*' -mmin +1440 -exec rm -rf {} + 2>/dev/null
find blobs -mindepth 2 -maxdepth 2 -name '*.part' -mmin +${minutes} -exec rm -f {} + 2>/dev/null
find blobs inputs cache/store -mindepth 2 -maxdepth 2 -mtime +${Math.max(30, days)} -atime +${Math.max(30, days)} -exec rm -rf {} + 2>/dev/null`;
}
