/** Real speech through the reader, Silero's detector and a small Whisper with random weights: its words are nonsense, its places are not. */
import { cp, copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Workshop, type SketchedNode } from '../../../test/support/workshop.ts';

const root = join(import.meta.dirname, '..', '..', '..');
let shop: Workshop;
beforeEach(async () => {
  shop = await Workshop.open();
  await mkdir(join(shop.folder, 'sounds'));
  await copyFile(join(root, 'methods', 'audio', 'fixtures', 'speech.wav'), join(shop.folder, 'sounds', 'counting.wav'));
  await cp(join(root, 'engine', 'audio', 'fixtures', 'whisper'), join(shop.folder, 'whisper'), { recursive: true });
});
afterEach(() => shop[Symbol.asyncDispose]());

const nodes = (params: Record<string, unknown> = {}): Record<string, SketchedNode> => ({
  sounds: { kind: 'read.audio', params: { folder: 'sounds', labels: 'none' } },
  text: { kind: 'prepare.transcribe', params: { model: 'whisper', ...params } },
});
const wires = ['sounds.rows -> text.rows'];

describe('speech to text', () => {
  it('is one text a recording, the same each time', async () => {
    const [row] = await (await shop.run(nodes({ language: 'en' }), wires)).rows('text', 'path');
    expect(row?.['language']).toBe('en');
    expect(String(row?.['text'])).toMatch(/^[a-z]{5,}/);
  });

  it('or one row a piece, where somebody speaks', async () => {
    const rows = await (await shop.run(nodes({ give: 'pieces' }), wires)).rows('text', 'start_seconds');
    expect(rows.length).toBeGreaterThan(0);
    expect(Number(rows[0]?.['start_seconds'])).toBeGreaterThan(0.5);
    expect(Number(rows.at(-1)?.['end_seconds'])).toBeLessThan(Number(rows[0]?.['seconds']));
  });

  it('refuses a language that the model does not know, and a folder that lacks a file, by name', async () => {
    const unknown = await shop.run(nodes({ language: 'fr' }), wires);
    expect(unknown.problems[0]).toMatchObject({ code: 'transcriber.language', node: 'text', param: 'language' });
    await rm(join(shop.folder, 'whisper', 'decoder_model.onnx'));
    const lacking = await shop.run(nodes(), wires);
    expect(lacking.problems[0]).toMatchObject({
      code: 'transcriber.unfit',
      message: 'The model folder has no "decoder_model.onnx".',
    });
  });
});
