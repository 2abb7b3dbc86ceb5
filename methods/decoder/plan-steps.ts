import { largest } from '../../shared/append.ts';
import { randomGenerator } from '../random/random-generator.ts';
import { permutation } from '../random/shuffle.ts';
import { type BatchSize, type Line, lineLength, lineTargets, type TokenRow } from './make-batch.ts';

/** One forward and backward pass. */
export interface MicroStep {
  readonly size: BatchSize;
  readonly lines: readonly Line[];
}
/** What one change of the parameters is computed from. */
export interface OptimizerStep {
  readonly parts: readonly MicroStep[];
  /** Targets of all parts. */
  readonly targets: number;
  /** Tokens that are not filling. */
  readonly tokens: number;
}

export interface StepSettings {
  /** Rows that one change of the parameters is computed from. */
  readonly rowsPerStep: number;
  /** Tokens (filling too) that one forward and backward pass may take; a longer row takes a pass for itself. */
  readonly tokensAtOnce: number;
  /** Rows share a line, where they fit together. */
  readonly pack: boolean;
  readonly seed: number;
}

/** Lengths and numbers of targets that graphs are made for: few enough that each is compiled once and used often. */
const lengths = [16, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192];
export const roundedLength = (length: number): number =>
  lengths.find((one) => one >= length) ?? Math.ceil(length / 2048) * 2048;
const roundedTargets = (count: number): number => {
  const step = count <= 64 ? 8 : count <= 256 ? 32 : 128;
  return Math.max(step, Math.ceil(count / step) * step);
};

/** The steps of one epoch: rows in an order drawn from seed and epoch, cut into optimizer steps, each into passes of rows of like length. */
export function planEpoch(rows: readonly TokenRow[], epoch: number, settings: StepSettings): OptimizerStep[] {
  const order = permutation(rows.length, randomGenerator(settings.seed).stream(`epoch ${epoch}`));
  const steps: OptimizerStep[] = [];
  for (let from = 0; from < order.length; from += settings.rowsPerStep) {
    const chosen = [...order.slice(from, from + settings.rowsPerStep)].flatMap((i) => rows[i] ?? []);
    steps.push(planStep(chosen, settings));
  }
  return steps;
}

export const stepsInEpoch = (rows: number, { rowsPerStep }: Pick<StepSettings, 'rowsPerStep'>): number =>
  Math.ceil(rows / rowsPerStep);

/** Rows of one step as passes. */
export function planStep(
  rows: readonly TokenRow[],
  settings: Pick<StepSettings, 'tokensAtOnce' | 'pack'>,
): OptimizerStep {
  const lines = settings.pack ? packed(rows, settings.tokensAtOnce) : rows.map((row) => [row]);
  const sorted = lines.toSorted((a, b) => lineLength(a) - lineLength(b));
  const parts: MicroStep[] = [];
  let open: Line[] = [];
  const close = (): void => {
    if (open.length > 0) parts.push({ lines: open, size: sizeFor(open) });
    open = [];
  };
  for (const line of sorted) {
    const tokens = roundedLength(lineLength(line)) * (open.length + 1);
    if (open.length > 0 && tokens > settings.tokensAtOnce) close();
    open.push(line);
  }
  close();
  return {
    parts,
    targets: lines.reduce((sum, line) => sum + lineTargets(line), 0),
    tokens: lines.reduce((sum, line) => sum + lineLength(line), 0),
  };
}

export function sizeFor(lines: readonly Line[]): BatchSize {
  return {
    batch: lines.length,
    length: roundedLength(largest(lines.map(lineLength))),
    targets: roundedTargets(lines.reduce((sum, line) => sum + lineTargets(line), 0)),
  };
}

/** First fit, longest first (Johnson 1973). */
function packed(rows: readonly TokenRow[], most: number): Line[] {
  const lines: { rows: TokenRow[]; length: number }[] = [];
  for (const row of rows.toSorted((a, b) => b.ids.length - a.ids.length)) {
    const place = lines.find((line) => line.length + row.ids.length <= most);
    if (place) {
      place.rows.push(row);
      place.length += row.ids.length;
    } else lines.push({ rows: [row], length: row.ids.length });
  }
  return lines.map((line) => line.rows);
}
