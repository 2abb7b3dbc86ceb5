/** Sound files to samples: WAV by our own reader; other formats, and rare kinds of WAV, by the machine's ffmpeg, where there is one. */
import { spawn } from 'node:child_process';
import { decodeWav, isWav } from '../../methods/audio/decode-wav.ts';
import type { Sound } from '../../methods/audio/sound.ts';

/** Where no rate is asked for; what speech networks and music both live with. */
const ffmpegRate = 44_100;

export async function decodeSound(bytes: Uint8Array): Promise<Sound | { says: string }> {
  if (!isWav(bytes)) return decodeByFfmpeg(bytes);
  const sound = decodeWav(bytes);
  if (!('says' in sound && sound.isOther)) return sound;
  const found = await decodeByFfmpeg(bytes);
  return 'says' in found ? { says: `${sound.says}, nor by ffmpeg, if this machine has it` } : found;
}

async function decodeByFfmpeg(bytes: Uint8Array): Promise<Sound | { says: string }> {
  const made = await ffmpeg(
    ['-i', 'pipe:0', '-vn', '-f', 'f32le', '-ac', '1', '-ar', String(ffmpegRate), 'pipe:1'],
    bytes,
  );
  if (made === 'missing')
    return {
      says: 'is no WAV file, and this machine has no ffmpeg to read other formats (install ffmpeg, or convert the file)',
    };
  if (made === undefined || made.length < 4) return { says: 'is no sound that ffmpeg can read' };
  const samples = new Float32Array(
    made.buffer.slice(made.byteOffset, made.byteOffset + made.length - (made.length % 4)),
  );
  return { sampleRate: ffmpegRate, channels: [samples] };
}

/** Only pipes: no option names a file, so that nothing but the bytes given is read. `undefined`: it failed. */
function ffmpeg(args: readonly string[], input: Uint8Array): Promise<Uint8Array | 'missing' | undefined> {
  return new Promise((resolve) => {
    const child = spawn('ffmpeg', ['-hide_banner', '-loglevel', 'error', '-protocol_whitelist', 'pipe', ...args], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const parts: Buffer[] = [];
    child.on('error', () => resolve('missing'));
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    child.on('close', (code) => resolve(code === 0 ? Buffer.concat(parts) : undefined));
    // A file that it gives up on is not read to its end.
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}
