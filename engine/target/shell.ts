/**
 * A POSIX shell on another machine, however it is reached: one script in, its output back. All that is done on a target besides asking its scheduler goes
 * through this, so that SSH, a Ray job and a pod differ in one file each.
 */

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

/** A word for a POSIX shell. */
export const quote = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

export async function* chunksOf(input: ExecOptions['input']): AsyncIterable<Uint8Array> {
  if (input === undefined) return;
  if (input instanceof Uint8Array) yield input;
  else yield* input;
}
