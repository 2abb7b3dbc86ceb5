/** The sounds of a workspace, for nodes that read, measure or learn from them. */
import { resample } from '../../methods/audio/resample.ts';
import { monoOf, type Sound } from '../../methods/audio/sound.ts';
import type { AudioValue } from '../../shared/media/audio.ts';
import type { KeptAudio, Sounds } from '../../shared/media/audio-service.ts';
import { fail } from '../../shared/errors.ts';
import type { SourceFolderFile } from '../../shared/source/source-folder.ts';
import { eachOf, readSourceFile, sayTooLarge } from '../sources/source-folder.ts';
import { openKeptFiles, sha256Of } from '../files/kept-files.ts';
import { decodeSound } from './decode-sound.ts';
import { openTranscriber } from './transcriber.ts';
import { openVoiceDetector } from './voice-detector.ts';

/** Files in memory at once. */
const atOnce = 2;
const mostBytes = 512 * 2 ** 20;

/** @param flowyardFolder `.flowyard` of the workspace */
export function openSounds(flowyardFolder: string): Sounds {
  const kept = openKeptFiles(flowyardFolder);

  async function keepOne(file: SourceFolderFile): Promise<KeptAudio> {
    const tooLarge = sayTooLarge(file, mostBytes);
    if (tooLarge !== undefined) return { says: tooLarge };
    const bytes = await readSourceFile(file);
    if (bytes === undefined || sha256Of(bytes) !== file.sha256) return { says: 'changed while the folder was read' };
    const sound = await decodeSound(bytes);
    if ('says' in sound) return sound;
    const samples = sound.channels[0]?.length ?? 0;
    if (samples === 0) return { says: 'holds no sound' };
    await kept.keep(file.sha256, bytes);
    return { seconds: samples / sound.sampleRate, sampleRate: sound.sampleRate, channels: sound.channels.length };
  }

  async function decodeKept(audio: AudioValue): Promise<Sound> {
    const bytes = await kept.read(audio.hash);
    if (bytes === undefined)
      throw fail('audio.gone', {
        message: `The sound "${audio.name}" is no longer stored in the workspace.`,
        mend: 'Run the reader of the sounds again.',
        facts: { audio: audio.name, hash: audio.hash },
      });
    const sound = await decodeSound(bytes);
    if ('says' in sound)
      throw fail('audio.damaged', {
        message: `The sound "${audio.name}" ${sound.says}.`,
        mend: 'Replace the file, or let the reader leave out what is damaged.',
        facts: { audio: audio.name, hash: audio.hash },
      });
    return sound;
  }

  return {
    keep: async (files, { signal, progress }) => {
      const found: KeptAudio[] = [];
      let done = 0;
      await eachOf(files, atOnce, async (file, i) => {
        signal.throwIfAborted();
        found[i] = await keepOne(file);
        progress?.(++done);
      });
      return found;
    },
    samples: async (audio, sampleRate, signal) => {
      const sound = await decodeKept(audio);
      signal.throwIfAborted();
      return resample(monoOf(sound), sound.sampleRate, sampleRate);
    },
    openVoiceDetector,
    openTranscriber,
  };
}
