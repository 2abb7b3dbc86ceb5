/** A training's examples, checked in words and made ready for a device. */
import { fail } from '../../shared/errors.ts';
import type { Network } from '../../shared/neural/network.ts';
import type { Examples, NetworkRows } from '../../shared/neural/neural-service.ts';
import { codesWidth, numbersShape } from '../../methods/neural/answer-graph.ts';
import { product } from '../../methods/neural/tensor-graph.ts';
import { outputWidth } from '../../shared/neural/describe-network.ts';
import type { HostTensor } from './devices/backend.ts';

/** Each with its name in the graphs. */
export type HostData = Readonly<Record<string, HostTensor>>;

/** @throws `neural.no-rows`, `neural.not-a-number`, `neural.unknown-code`: with the row, from 0, in the facts */
export function checkedRows(network: Network, rows: NetworkRows, what: string): HostData {
  const numbers = numbersShape(network);
  const width = codesWidth(network);
  const data: Record<string, HostTensor> = {};
  if (rows.count < 1)
    throw fail('neural.no-rows', {
      message: `There are no ${what} rows.`,
      mend: 'Look at what the nodes before leave over.',
    });
  if (numbers !== undefined) {
    const values = rows.numbers ?? new Float32Array(0);
    expectLength(values.length, rows.count * product(numbers), 'numbers');
    refuseNaN(values, product(numbers), what);
    data['numbers'] = { values, shape: [rows.count, ...numbers] };
  }
  if (width > 0) {
    const values = rows.codes ?? new Int32Array(0);
    expectLength(values.length, rows.count * width, 'codes');
    refuseUnknownCodes(network, values, width, what);
    data['codes'] = { values, shape: [rows.count, width] };
  }
  return data;
}

export function checkedExamples(
  network: Network,
  examples: Examples,
  classWeights: Float32Array | undefined,
  what: string,
): HostData {
  const data: Record<string, HostTensor> = { ...checkedRows(network, examples, what) };
  const { count } = examples;
  const { output } = network;
  if (output.kind === 'classes') {
    const values = examples.classes ?? new Int32Array(0);
    expectLength(values.length, count, 'classes');
    data['classes'] = { values, shape: [count] };
  } else if (output.kind !== 'input-again') {
    const width = outputWidth(output, network.input);
    const values = examples.values ?? new Float32Array(0);
    expectLength(values.length, count * width, 'values');
    refuseNaN(values, width, what);
    data['values'] = { values, shape: [count, width] };
  }
  const weights = Float32Array.from({ length: count }, (_, i) => {
    const own = examples.weights?.[i] ?? 1;
    return classWeights === undefined ? own : own * (classWeights[examples.classes?.[i] ?? 0] ?? 1);
  });
  data['weights'] = { values: weights, shape: [count] };
  return data;
}

/** rows / (classes × rows of the class); classes without rows weigh nothing. */
export function balancedWeights(classes: Int32Array, count: number): Float32Array {
  const rows = new Float32Array(count);
  for (const c of classes) rows[c] = (rows[c] ?? 0) + 1;
  const present = rows.filter((n) => n > 0).length;
  return rows.map((n) => (n > 0 ? classes.length / (present * n) : 0));
}

/** @throws `neural.one-class` */
export function refuseOneClass(network: Network, { classes }: Examples): void {
  if (network.output.kind !== 'classes' || classes === undefined) return;
  const [first] = classes;
  if (classes.every((c) => c === first))
    throw fail('neural.one-class', {
      message: 'All training rows have the same class, so there is nothing to tell apart.',
      mend: 'Look at the target and at the Split before: another seed, or a stratified Split.',
      facts: { class: first ?? 0 },
    });
}

function expectLength(is: number, wanted: number, name: string): void {
  if (is !== wanted) throw new Error(`${name}: ${is} numbers were given, the network takes ${wanted}`);
}
function refuseNaN(values: Float32Array, width: number, what: string): void {
  const at = values.findIndex((v) => !Number.isFinite(v));
  if (at < 0) return;
  const [row, place] = [Math.floor(at / width), at % width];
  throw fail('neural.not-a-number', {
    message: `Number ${place + 1} of the ${what} row ${row + 1} is ${values[at] ?? 'missing'}.`,
    mend: 'Fill in missing values before (Impute), and look for divisions by zero.',
    facts: { row, place },
  });
}
function refuseUnknownCodes({ input }: Network, values: Int32Array, width: number, what: string): void {
  const most = (place: number): number => {
    if (input.kind === 'tokens') return input.vocabulary;
    return input.kind === 'table' ? (input.categories[place]?.count ?? 0) : 0;
  };
  const limits = Array.from({ length: width }, (_, place) => most(place));
  const at = values.findIndex((code, i) => code < 0 || code >= (limits[i % width] ?? 0));
  if (at < 0) return;
  throw fail('neural.unknown-code', {
    message: `The ${what} row ${Math.floor(at / width) + 1} has the code ${values[at] ?? 0}; there are ${limits[at % width] ?? 0}, from 0.`,
    mend: 'Give unknown categories and words a code of their own.',
    facts: { row: Math.floor(at / width), place: at % width },
  });
}
