/**
 * A POSIX shell on another machine, however it is reached: one script in, its output back. All that is done on a remote besides asking its scheduler goes
 * through this, so that SSH, a Ray job and a pod differ in one file each.
 */
import { fail, type FlowyardError } from '../../../shared/errors.ts';

export interface ShellResult {
  /** Null: nobody knows (the connection broke). Never to be read as success. */
  code: number | null;
  out: Buffer;
  err: string;
}
export interface ExecOptions {
  /** What the script reads on its standard input. */
  input?: Uint8Array | AsyncIterable<Uint8Array>;
  /** Takes the output as it comes; `out` is empty then. */
  onOutput?: (chunk: Buffer) => void;
  signal?: AbortSignal;
  timeoutMs?: number;
}
export interface RemoteShell {
  /** Fails with `target.unreachable` when the machine cannot be reached. */
  exec: (script: string, options?: ExecOptions) => Promise<ShellResult>;
  /** Largest input of one call, in bytes. */
  maxInputBytes: number;
  /** How long one call takes at least: where it is a job of its own, things are asked together. */
  stepMs: number;
  close: () => void;
}

/** Printed before all other output: what a login shell or a message of the day says before it is thrown away. */
export const marker = '\u0001flowyard\n';

/**
 * The command line that any login shell (bash, dash, fish, csh) understands, and what to send to it: the script comes by standard input, read to its last
 * byte and no further, so that quotes, newlines and the person's own shell are nobody's business, and the input proper follows.
 */
export function commandFor(script: string): { command: string; head: Buffer } {
  const head = Buffer.from(`printf '\\001flowyard\\n'\n${script}\n`);
  return { command: `exec sh -c 'eval "$(dd bs=1 count=${head.length} 2>/dev/null)"'`, head };
}

/** Cuts off what came before the marker. */
export class AfterMarker {
  #waiting: Buffer = Buffer.alloc(0);
  #seen = false;
  take(chunk: Buffer): Buffer {
    if (this.#seen) return chunk;
    this.#waiting = Buffer.concat([this.#waiting, chunk]);
    const at = this.#waiting.indexOf(marker);
    if (at < 0) return Buffer.alloc(0);
    this.#seen = true;
    return this.#waiting.subarray(at + marker.length);
  }
  /** What came instead of the marker; undefined: it came. */
  get instead(): string | undefined {
    return this.#seen ? undefined : this.#waiting.toString();
  }
}

/** What a login shell or a message of the day may say. */
const mostBefore = 1 << 20;
/** What a script may say that is kept in memory: what all runs of a remote tell in one look is a tenth of it. */
const mostKept = 64 << 20;

/** What a script says, up to a limit: whatever answers at an address may send without an end. */
export class ScriptOutput {
  readonly #after = new AfterMarker();
  readonly #take: ExecOptions['onOutput'];
  readonly #kept: Buffer[] = [];
  #before = 0;
  #bytes = 0;

  constructor({ onOutput }: Pick<ExecOptions, 'onOutput'>) {
    this.#take = onOutput;
  }

  /** @throws `target.too-much-output` */
  take(data: Buffer): void {
    const chunk = this.#after.take(data);
    if (this.instead !== undefined && (this.#before += data.length) > mostBefore) throw tooMuch(mostBefore);
    if (chunk.length === 0) return;
    if (this.#take !== undefined) return this.#take(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes > mostKept) throw tooMuch(mostKept);
    this.#kept.push(chunk);
  }

  whole(): Buffer {
    return Buffer.concat(this.#kept);
  }

  get instead(): string | undefined {
    return this.#after.instead;
  }
}

const tooMuch = (bytes: number): FlowyardError =>
  fail('target.too-much-output', {
    message: `What answers on the remote sends more than ${bytes >> 20} MiB where a short answer was asked for.`,
    mend: 'See what its login shell prints, and whether it is the machine that was meant.',
  });

/** A word for a POSIX shell. */
export const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

export async function* chunksOf(input: ExecOptions['input']): AsyncIterable<Uint8Array> {
  if (input === undefined) return;
  if (input instanceof Uint8Array) yield input;
  else yield* input;
}
