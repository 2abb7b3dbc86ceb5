/** Exact search by cosine: one product of matrices a block, of which the largest are kept. */
import type { VectorSearch } from '../../shared/media/text-service.ts';
import { graphBuilder } from '../../methods/onnx/graph-builder.ts';

/** Passages and questions that are compared at once: scores of 16 MB. */
const passagesAtOnce = 16_384;
const questionsAtOnce = 256;

interface Hit {
  at: number;
  score: number;
}

export async function nearestVectors(search: VectorSearch): Promise<Hit[][]> {
  const { size, most, threads, signal } = search;
  const passages = unitRows(search.passages, size);
  const questions = unitRows(search.questions, size);
  const found: Hit[][] = Array.from({ length: search.questions.length / Math.max(1, size) }, () => []);
  if (passages.places.length === 0) return found;
  // 20 MB that most processes never need.
  const { InferenceSession, Tensor } = await import('onnxruntime-node');
  const session = await InferenceSession.create(comparison(size), {
    executionProviders: ['cpu'],
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const part = ({ values, places }: UnitRows, from: number, count: number) => {
    const rows = Math.min(count, places.length - from);
    return new Tensor('float32', values.subarray(from * size, (from + rows) * size), [rows, size]);
  };
  try {
    for (let q = 0; q < questions.places.length; q += questionsAtOnce)
      for (let p = 0; p < passages.places.length; p += passagesAtOnce) {
        signal.throwIfAborted();
        const [asked, searched] = [part(questions, q, questionsAtOnce), part(passages, p, passagesAtOnce)];
        const kept = Math.min(most, searched.dims[0] ?? 0);
        const k = new Tensor('int64', BigInt64Array.of(BigInt(kept)), [1]);
        const { scores, at } = await session.run({ questions: asked, passages: searched, k });
        for (let i = 0; i < (asked.dims[0] ?? 0); i++) {
          const list = found[questions.places[q + i] ?? -1];
          for (let j = i * kept; j < (i + 1) * kept; j++)
            list?.push({
              at: passages.places[p + Number(at?.data[j])] ?? 0,
              score: Number(scores?.data[j]),
            });
        }
      }
  } finally {
    await session.release();
  }
  return found.map((list) => list.sort((a, b) => b.score - a.score || a.at - b.at).slice(0, most));
}

interface UnitRows {
  /** [places, size], each of length 1. */
  values: Float32Array;
  /** Where each stood. */
  places: number[];
}
/** Without rows that have no direction. */
function unitRows(values: Float32Array, size: number): UnitRows {
  const unit = new Float32Array(values.length);
  const places: number[] = [];
  for (let row = 0; row * size < values.length; row++) {
    let square = 0;
    for (let i = row * size; i < (row + 1) * size; i++) square += (values[i] ?? 0) ** 2;
    if (!(square > 0)) continue;
    const [from, to, factor] = [row * size, places.length * size, 1 / Math.sqrt(square)];
    for (let i = 0; i < size; i++) unit[to + i] = (values[from + i] ?? 0) * factor;
    places.push(row);
  }
  return { values: unit, places };
}

/** Of two equal scores TopK takes the one that stands first. */
function comparison(size: number): Uint8Array {
  const g = graphBuilder('nearest');
  const questions = g.input('questions', 'float', ['asked', size]);
  const passages = g.input('passages', 'float', ['searched', size]);
  const k = g.input('k', 'int64', [1]);
  const [product = ''] = g.node('Gemm', [questions, passages], { transB: 1 });
  const [scores = '', at = ''] = g.node('TopK', [product, k], { axis: 1 }, { outputs: 2 });
  g.output('scores', scores, 'float', ['asked', 'kept']);
  g.output('at', at, 'int64', ['asked', 'kept']);
  return g.toBytes();
}
