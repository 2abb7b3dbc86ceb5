/** Unfinished files on a remote: each sender writes one of its own beside the place of the whole, and takes over what another has left. */
import { dirname } from 'node:path';

/** Runs a script in the remote's root. */
interface Root {
  must: (what: string, script: string) => Promise<Buffer>;
}

/** An unfinished file that has not grown for so long has nobody who writes it. */
const standsStillMs = 1500;

/**
 * How much of a file is there already, under `part`. What another sender left is taken over when it has stopped growing: who writes it may be alive.
 * @param path the place of the whole @param bytes its size
 */
export async function beginPart(
  files: Root,
  { path, part, bytes }: { path: string; part: string; bytes: number },
): Promise<number> {
  const found = await partsOf(files, path);
  const own = found.get(part);
  if (own !== undefined) return own <= bytes ? own : 0;
  if (found.size === 0) return 0;
  await new Promise((done) => setTimeout(done, standsStillMs));
  const left = [...(await partsOf(files, path))]
    .filter(([name, size]) => found.get(name) === size && size <= bytes)
    .sort(([, a], [, b]) => b - a)[0];
  if (left === undefined) return 0;
  // Of two who want it, one gets it.
  const out = await files.must('sending files', `mv -f ${left[0]} ${part} 2>/dev/null && wc -c <${part} || echo 0`);
  return Number(out.toString().trim());
}

async function partsOf(files: Root, path: string): Promise<Map<string, number>> {
  const out = await files.must(
    'sending files',
    `mkdir -p ${dirname(path)}; for p in ${path}.*.part; do [ -f "$p" ] && echo "$(( $(wc -c <"$p") )) $p"; done; true`,
  );
  const lines = out
    .toString()
    .split('\n')
    .filter((line) => line !== '');
  return new Map(lines.map((line) => [line.slice(line.indexOf(' ') + 1), Number.parseInt(line, 10)]));
}
