/** Pictures out of videos, by the machine's ffmpeg. It may open the one file that it is given and nothing else: no network, no file that a playlist names. */
import { spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface FrameSettings {
  everySeconds: number;
  /** At most so many from one file. */
  most: number;
}
export type VideoFault = 'missing' | { says: string };

/**
 * Calls `take` with each picture as a PNG file, in order: the k-th (from 0) is the one nearest to k × `everySeconds`.
 *
 * @returns how many there were, or what is wrong: `missing` where the machine has no ffmpeg
 */
export async function videoFrames(
  file: string,
  { everySeconds, most }: FrameSettings,
  take: (png: Uint8Array, at: number) => Promise<void>,
  signal: AbortSignal,
): Promise<number | VideoFault> {
  const child = spawn(
    'ffmpeg',
    [
      ...[
        '-hide_banner',
        '-loglevel',
        'error',
        '-nostdin',
        '-protocol_whitelist',
        'file',
        '-i',
        file,
        '-an',
        '-sn',
        '-dn',
      ],
      ...['-vf', `fps=fps=1/${everySeconds}:start_time=0:round=near`, '-frames:v', String(most)],
      ...['-c:v', 'png', '-f', 'image2pipe', 'pipe:1'],
    ],
    { stdio: ['ignore', 'pipe', 'pipe'], signal, killSignal: 'SIGKILL' },
  );
  let says = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (says.length < 2000) says += text;
  });
  const ended = new Promise<number | null | 'missing'>((resolve) => {
    child.on('error', () => resolve('missing'));
    child.on('close', (code) => resolve(code));
  });
  let count = 0;
  for await (const png of pngFiles(child.stdout)) await take(png, count++);
  const code = await ended;
  signal.throwIfAborted();
  if (code === 'missing') return 'missing';
  if (code !== 0) return { says: `cannot be read by ffmpeg${lastWords(says)}` };
  return count > 0 ? count : { says: 'holds no pictures' };
}

/** The last line of what ffmpeg said, without the file's place. */
function lastWords(says: string): string {
  const line = says.trim().split('\n').at(-1)?.split(': ').at(-1)?.trim();
  return line === undefined || line === '' ? '' : ` (${line})`;
}

const signatureBytes = 8;

/** Divides a stream of PNG files that follow one another: chunks tell their length, and IEND is the last. */
async function* pngFiles(stream: Readable): AsyncGenerator<Uint8Array> {
  let held = Buffer.alloc(0);
  for await (const part of stream) {
    held = Buffer.concat([held, Buffer.from(part)]);
    for (let end = pngEnd(held); end !== undefined; end = pngEnd(held)) {
      yield held.subarray(0, end);
      held = held.subarray(end);
    }
  }
}

function pngEnd(bytes: Buffer): number | undefined {
  for (let at = signatureBytes; at + 12 <= bytes.length;) {
    const next = at + 12 + bytes.readUInt32BE(at);
    if (bytes.toString('latin1', at + 4, at + 8) === 'IEND') return next <= bytes.length ? next : undefined;
    at = next;
  }
  return undefined;
}
