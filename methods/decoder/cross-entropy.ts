import type { Tensor, TensorGraph } from '../neural/tensor-graph.ts';
import { after } from './graph-order.ts';
import { oneHot } from './decoder-operators.ts';
import { backwardProduct, forwardProduct, type Matrix, matrixPart, matrixRows } from './matrix.ts';

export interface CrossEntropyOptions {
  /** [M] int32 */
  readonly labels: Tensor;
  /** [M]; `null` for a graph that only measures. */
  readonly weights: Tensor | null;
  /** Rows whose scores over the vocabulary are in memory at a time. */
  readonly rowsAtOnce: number;
  /** In how many parts the vocabulary is taken. */
  readonly parts: number;
}
export interface CrossEntropy {
  /** log Σ exp(hᵢ Eᵀ) − hᵢ · E[labelᵢ] of each row: [M]. */
  readonly losses: Tensor;
  /** Their weighted sum, on the tape. */
  readonly loss: Tensor;
}

/**
 * The cross-entropy of labels under softmax(h Eᵀ), h [M, width], E [vocabulary, width]. With a frozen E neither a one-hot matrix nor the scores of all rows
 * at once are made: the gradient of h is softmax · E − E[label], computed on the way there, piece by piece.
 */
export function crossEntropy(graph: TensorGraph, h: Tensor, head: Matrix, options: CrossEntropyOptions): CrossEntropy {
  if (head.form === 'full' && head.learnt) return learntHead(graph, h, head.tensor, options);
  const [rows = 0] = h.shape;
  const pieces: Piece[] = [];
  for (let from = 0; from < rows; from += options.rowsAtOnce) {
    const to = Math.min(rows, from + options.rowsAtOnce);
    const cut = (tensor: Tensor): Tensor => (to - from === rows ? tensor : graph.slice(tensor, 0, from, to));
    const before = pieces.at(-1)?.losses;
    const piece = before ? after(graph, cut(h), before) : cut(h);
    const weights = options.weights && cut(options.weights);
    pieces.push(frozenPiece(graph, piece, head, { ...options, labels: cut(options.labels), weights }));
  }
  const losses = graph.concat(
    pieces.map((piece) => piece.losses),
    0,
  );
  const loss = weightedSum(graph, losses, options.weights);
  const gradients = pieces.flatMap(({ gradient }) => gradient ?? []);
  if (gradients.length === 0) return { losses, loss };
  graph.record(loss, [h], (g) => [graph.mul(graph.concat(gradients, 0), g)]);
  return { losses, loss };
}

const weightedSum = (graph: TensorGraph, losses: Tensor, weights: Tensor | null): Tensor =>
  graph.reduce('ReduceSum', weights ? graph.mul(losses, weights) : losses, [0]);

interface Piece {
  losses: Tensor;
  /** Of h, where there are weights. */
  gradient: Tensor | null;
}

function frozenPiece(
  graph: TensorGraph,
  h: Tensor,
  head: Matrix,
  { labels, weights, parts }: CrossEntropyOptions,
): Piece {
  const [rows = 0] = h.shape;
  const own = matrixRows(graph, head, labels);
  const [vocabulary = 0] = head.tensor.shape;
  const step = Math.ceil(vocabulary / parts);
  const part = (i: number, earlier: Tensor): Matrix =>
    parts === 1 ? head : matrixPart(graph, head, i * step, Math.min(vocabulary, (i + 1) * step), earlier);
  const scores: Tensor[] = [];
  for (let i = 0; i < parts; i++) {
    const earlier = scores.at(-1) ?? h;
    scores.push(forwardProduct(graph, i === 0 ? h : after(graph, h, earlier), part(i, earlier)));
  }
  const largest = scores
    .map((s) => graph.reduce('ReduceMax', s, [1], true))
    .reduce((a, b) => graph.binary('Max', a, b));
  const powers = scores.map((s) => graph.unary('Exp', graph.sub(s, largest)));
  const total = powers.map((e) => graph.reduce('ReduceSum', e, [1], true)).reduce((a, b) => graph.add(a, b));
  const logTotal = graph.reshape(graph.add(graph.unary('Log', total), largest), [rows]);
  const losses = graph.sub(logTotal, graph.reduce('ReduceSum', graph.mul(h, own), [1]));
  if (weights === null) return { losses, gradient: null };
  let sum: Tensor | undefined;
  powers.forEach((e, i) => {
    const earlier: Tensor = sum ?? e;
    sum = backwardProduct(graph, sum ? after(graph, e, sum) : e, part(i, earlier), sum);
  });
  const expected = graph.div(sum ?? own, total);
  return { losses, gradient: graph.mul(graph.sub(expected, own), graph.reshape(weights, [rows, 1])) };
}

/** The same where E is learnt too (small vocabularies): both gradients come from softmax − one-hot. */
function learntHead(graph: TensorGraph, h: Tensor, head: Tensor, options: CrossEntropyOptions): CrossEntropy {
  const { labels, weights } = options;
  const [rows = 0] = h.shape;
  const scores = graph.gemm(h, head, { turnB: true });
  const labelled = oneHot(graph, labels, head.shape[0] ?? 0);
  const logs = graph.op('LogSoftmax', [scores], scores.shape, { axis: -1 });
  const losses = graph.unary('Neg', graph.reduce('ReduceSum', graph.mul(logs, labelled), [1]));
  const loss = weightedSum(graph, losses, weights);
  if (weights === null) return { losses, loss };
  const p = graph.op('Softmax', [scores], scores.shape, { axis: -1 });
  graph.record(loss, [h, head], (g) => {
    const d = graph.mul(graph.mul(graph.sub(p, labelled), graph.reshape(weights, [rows, 1])), g);
    return [graph.gemm(d, head), graph.gemm(d, h, { turnA: true })];
  });
  return { losses, loss };
}
