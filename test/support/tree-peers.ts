/** Test support: reads `peers.json`, cuts splits and measures as scikit-learn does. */
import { readFileSync } from 'node:fs';

interface PeerMetrics {
  readonly roc_auc?: number;
  readonly accuracy?: number;
  readonly r2?: number;
  readonly log_loss?: number;
}
interface PeerSplit {
  readonly test: string;
  readonly xgboost: PeerMetrics;
  readonly hist: PeerMetrics;
}
export interface PeerSet {
  readonly name: string;
  readonly objective: 'logistic' | 'softmax' | 'squared-error';
  readonly classes: number;
  readonly rows: number;
  readonly columns: number;
  readonly type: 'uint8' | 'float32';
  readonly features: string;
  readonly target: readonly number[];
  readonly splits: readonly PeerSplit[];
}
export interface Part {
  readonly features: Float32Array;
  readonly rows: number;
  readonly target: Float64Array;
}

export function readPeers(): { rounds: number; sets: PeerSet[] } {
  return JSON.parse(readFileSync(new URL('../../methods/trees/fixtures/peers.json', import.meta.url), 'utf8'));
}

export function featuresOf(set: PeerSet): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(set.features, 'base64'));
  return set.type === 'uint8' ? Float32Array.from(bytes) : new Float32Array(bytes.buffer);
}

export function splitPeer(set: PeerSet, split: PeerSplit): { train: Part; test: Part } {
  const features = featuresOf(set);
  const bits = Buffer.from(split.test, 'base64');
  const part = (wanted: boolean): Part => {
    const rows = Array.from({ length: set.rows }, (_, row) => row).filter(
      (row) => (((bits[row >> 3] ?? 0) >> (row & 7)) & 1) === (wanted ? 1 : 0),
    );
    return {
      features: Float32Array.from(
        rows.flatMap((row) => [...features.subarray(row * set.columns, (row + 1) * set.columns)]),
      ),
      rows: rows.length,
      target: Float64Array.from(rows, (row) => set.target[row] ?? NaN),
    };
  };
  return { train: part(false), test: part(true) };
}

/** Area under the ROC curve; ties count half. */
export function rocAuc(target: ArrayLike<number>, scores: ArrayLike<number>): number {
  const order = Array.from(target, (_, i) => i).sort((a, b) => (scores[a] ?? 0) - (scores[b] ?? 0));
  let rankSum = 0;
  let positives = 0;
  for (let i = 0; i < order.length;) {
    let j = i;
    while (j < order.length && scores[order[j] ?? 0] === scores[order[i] ?? 0]) j++;
    for (let k = i; k < j; k++)
      if (target[order[k] ?? 0]) {
        rankSum += (i + j + 1) / 2;
        positives++;
      }
    i = j;
  }
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * (order.length - positives));
}

export function measure(set: PeerSet, target: Float64Array, prediction: Float64Array): PeerMetrics {
  if (set.objective === 'squared-error') {
    const mean = target.reduce((a, b) => a + b, 0) / target.length;
    const rest = target.reduce((sum, y, i) => sum + (y - (prediction[i] ?? 0)) ** 2, 0);
    return { r2: 1 - rest / target.reduce((sum, y) => sum + (y - mean) ** 2, 0) };
  }
  const logLoss = (p: (i: number) => number): number =>
    -target.reduce((sum, _, i) => sum + Math.log(Math.max(p(i), 2.3e-16)), 0) / target.length;
  if (set.objective === 'logistic')
    return {
      roc_auc: rocAuc(target, prediction),
      log_loss: logLoss((i) => (target[i] ? (prediction[i] ?? 0) : 1 - (prediction[i] ?? 0))),
    };
  const k = set.classes;
  const right = target.filter((y, i) => {
    const row = prediction.subarray(i * k, (i + 1) * k);
    return row.indexOf(Math.max(...row)) === y;
  });
  return {
    accuracy: right.length / target.length,
    log_loss: logLoss((i) => prediction[i * k + (target[i] ?? 0)] ?? 0),
  };
}
