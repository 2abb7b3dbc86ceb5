/** A Whisper with random weights (`make-whisper.py`): what it writes is nonsense, and must be PyTorch's nonsense, token by token. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { decodeWav } from '../../methods/audio/decode-wav.ts';
import { openTranscriber } from './transcriber.ts';

const folder = join(import.meta.dirname, 'fixtures', 'whisper');
const names = [
  'encoder_model.onnx',
  'decoder_model.onnx',
  'tokenizer.json',
  'generation_config.json',
  'preprocessor_config.json',
];
const files = new Map(names.map((name) => [name, join(folder, name)]));
const expected = z
  .object({ tokens: z.array(z.number()), language: z.string() })
  .parse(JSON.parse(readFileSync(join(folder, 'expected.json'), 'utf8')));
const signal = new AbortController().signal;

/** 8 kHz to 16 kHz by repetition, as the script does. */
function speech(): Float32Array {
  const wav = decodeWav(
    readFileSync(join(import.meta.dirname, '..', '..', 'methods', 'audio', 'fixtures', 'speech.wav')),
  );
  if ('says' in wav) throw new Error(wav.says);
  const samples = wav.channels[0] ?? new Float32Array(0);
  return Float32Array.from({ length: samples.length * 2 }, (_, i) => samples[i >> 1] ?? 0);
}

describe('speech to text', () => {
  it('writes the tokens that PyTorch writes, and tells the language', async () => {
    const transcriber = await openTranscriber(files, 1);
    try {
      expect(transcriber.languages).toEqual(['en', 'de']);
      const said = await transcriber.transcribe(speech(), { language: 'en' }, signal);
      expect(said.tokens).toEqual(expected.tokens);
      expect(said.text).toBe(String.fromCharCode(...expected.tokens));
      expect((await transcriber.transcribe(speech(), { language: '' }, signal)).language).toBe(expected.language);
    } finally {
      await transcriber.close();
    }
  });

  it('names the file that a folder lacks', async () => {
    const less = new Map([...files].filter(([name]) => name !== 'tokenizer.json'));
    await expect(openTranscriber(less, 1)).rejects.toMatchObject({
      problem: { code: 'transcriber.unfit', message: 'The model folder has no "tokenizer.json".' },
    });
  });
});
