import { fromBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { AttributeProto_AttributeType, ModelProtoSchema, TensorProto_DataType } from 'onnx-buf';
import * as ort from 'onnxruntime-node';
import { describe, expect, test } from 'vitest';
import { predictLinear, predictProbabilities } from '../linear/predict-linear.ts';
import { randomGenerator } from '../random/random-generator.ts';
import { classLabels, classProbabilities, labelsByThreshold, linearScores, type TreesToWrite, treeScores } from './estimators.ts';
import { type GraphBuilder, graphBuilder } from './graph-builder.ts';
import { castTo, clipNumber, concatColumns, fillMissingNumber, fillMissingText, isMissingNumber, missingFlag, oneHotNumber, oneHotText, ordinalNumber, ordinalText, scaleNumber } from './prepare.ts';
import { protobufWriter } from './protobuf-writer.ts';

const read = (bytes: Uint8Array): ReturnType<typeof fromBinary<typeof ModelProtoSchema>> => fromBinary(ModelProtoSchema, bytes);

type Feed = ort.InferenceSession.OnnxValueMapType;
async function run(g: GraphBuilder, feeds: Feed): Promise<ort.InferenceSession.OnnxValueMapType> {
  const session = await ort.InferenceSession.create(g.toBytes(), { intraOpNumThreads: 1, logSeverityLevel: 3 });
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}
const dataOf = (values: Feed, name: string): readonly unknown[] => {
  const found = values[name];
  if (!(found instanceof ort.Tensor)) throw new Error(`no output ${name}`);
  return Array.from(found.data);
};
const numbersOf = (values: Feed, name: string): number[] => dataOf(values, name).map(Number);
const doubles = (values: readonly number[]): ort.Tensor => new ort.Tensor('float64', Float64Array.from(values), [values.length, 1]);
const texts = (values: readonly string[]): ort.Tensor => new ort.Tensor('string', [...values], [values.length, 1]);

function expectNear(got: readonly number[], wanted: ArrayLike<number>, tolerance: number): void {
  expect(got.length).toBe(wanted.length);
  got.forEach((value, i) => {
    const target = wanted[i] ?? NaN;
    if (Number.isNaN(target)) return expect(value).toBeNaN();
    expect(Math.abs(value - target), `${i}: ${value} instead of ${target}`).toBeLessThanOrEqual(tolerance * Math.max(1, Math.abs(target)));
  });
}

describe('the bytes are ONNX', () => {
  test('an independent reader finds every part', () => {
    const g = graphBuilder('tiny', { producerVersion: '1.2.3', documentation: 'adds and takes the leaf' });
    const x = g.input('x', 'double', ['rows', 2]);
    const [sum = ''] = g.node('Add', [x, g.constant('double', [1, 2], [0.5, -1])]);
    g.node('Example', [sum], { i: -3, f: { float: 0.25 }, s: 'ä', ints: [1, 2 ** 40], floats: { floats: [1, 2] }, strings: ['a', 'ö'], bigs: [-1n], typed: Int32Array.of(7, -7), t: { tensor: { type: 'int64', dims: [1], values: [9] } } }, { domain: 'ai.onnx.ml', outputs: 2 });
    g.constant('string', [2], ['a', '日本']);
    g.constant('bool', [2], [true, false]);
    g.metadata('flowyard', '{"a":1}');
    g.output('y', sum, 'double', ['rows', 2]);
    const model = read(g.toBytes());

    expect([model.irVersion, model.producerName, model.producerVersion, model.docString]).toEqual([9n, 'flowyard', '1.2.3', 'adds and takes the leaf']);
    expect(model.opsetImport.map((o) => [o.domain, o.version])).toEqual([['', 19n], ['ai.onnx.ml', 3n]]);
    expect(model.metadataProps.map((p) => [p.key, p.value])).toEqual([['flowyard', '{"a":1}']]);
    const graph = model.graph;
    expect(graph?.name).toBe('tiny');
    expect(graph?.input.map((i) => i.name)).toEqual(['x']);
    expect(graph?.output.map((o) => o.name)).toEqual(['y']);
    const type = graph?.input[0]?.type?.value;
    expect(type?.case === 'tensorType' && [type.value.elemType, type.value.shape?.dim.map((d) => d.value.value)]).toEqual([TensorProto_DataType.DOUBLE, ['rows', 2n]]);
    expect(graph?.node.map((n) => [n.opType, n.domain, n.output.length])).toEqual([['Add', '', 1], ['Example', 'ai.onnx.ml', 2], ['Identity', '', 1]]);

    const attributes = new Map(graph?.node[1]?.attribute.map((a) => [a.name, a]));
    const text = (bytes: Uint8Array | undefined): string => new TextDecoder().decode(bytes);
    expect(attributes.get('i')).toMatchObject({ type: AttributeProto_AttributeType.INT, i: -3n });
    expect(attributes.get('f')).toMatchObject({ type: AttributeProto_AttributeType.FLOAT, f: 0.25 });
    expect(text(attributes.get('s')?.s)).toBe('ä');
    expect(attributes.get('ints')).toMatchObject({ type: AttributeProto_AttributeType.INTS, ints: [1n, 2n ** 40n] });
    expect(attributes.get('floats')).toMatchObject({ type: AttributeProto_AttributeType.FLOATS, floats: [1, 2] });
    expect(attributes.get('strings')?.strings.map(text)).toEqual(['a', 'ö']);
    expect(attributes.get('bigs')?.ints).toEqual([-1n]);
    expect(attributes.get('typed')?.ints).toEqual([7n, -7n]);
    expect(attributes.get('t')?.t?.dataType).toBe(TensorProto_DataType.INT64);

    const [first, second, third] = graph?.initializer ?? [];
    expect(new Float64Array(first?.rawData?.slice().buffer ?? new ArrayBuffer(0))).toEqual(Float64Array.of(0.5, -1));
    expect(second?.stringData.map(text)).toEqual(['a', '日本']);
    expect(Array.from(third?.rawData ?? [])).toEqual([1, 0]);
  });

  test('any integer and any text come back as they were', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), fc.string({ unit: 'binary' }), (whole, words) => {
        const g = graphBuilder();
        g.input('x', 'float');
        g.node('Example', ['x'], { whole: [whole] });
        g.metadata('words', words);
        g.output('y', 'x', 'float');
        const model = read(g.toBytes());
        expect(model.graph?.node[0]?.attribute[0]?.ints).toEqual([whole]);
        expect(model.metadataProps[0]?.value).toBe(words);
      }),
      { numRuns: 50 },
    );
  });

  test('a big tensor is passed on in pieces without a copy', () => {
    const values = Float64Array.from({ length: 100_000 }, (_, i) => i);
    const g = graphBuilder();
    const sum = g.apply('Add', [g.input('x', 'double'), g.constant('double', [1, 100_000], values)]);
    g.output('y', sum, 'double', ['rows', 100_000]);
    const chunks = g.chunks();
    expect(chunks.some((chunk) => chunk.buffer === values.buffer)).toBe(true);
    expect(chunks.reduce((size, chunk) => size + chunk.length, 0)).toBe(g.toBytes().length);
  });

  test('nested messages know their length', () => {
    const inner = protobufWriter();
    inner.text(1, 'x'.repeat(5000));
    const outer = protobufWriter();
    outer.message(1, inner);
    expect(outer.size).toBe(outer.chunks().reduce((sum, chunk) => sum + chunk.length, 0));
    expect(outer.size).toBe(5000 + 3 + 3);
  });
});

describe('misuse is refused', () => {
  test('a value that nothing gives, a name given twice, no output', () => {
    const g = graphBuilder();
    g.input('x', 'double');
    expect(() => g.node('Neg', ['y'])).toThrow('“Neg” reads “y”, which no input or node gives.');
    expect(() => g.input('x', 'double')).toThrow('already has a value named “x”');
    expect(() => g.toBytes()).toThrow('The graph has no output.');
  });

  test('a column may be called like a value of the builder', async () => {
    const g = graphBuilder();
    g.input('Neg_1', 'double');
    g.output('y', g.apply('Neg', ['Neg_1']), 'double');
    expect(numbersOf(await run(g, { Neg_1: doubles([2]) }), 'y')).toEqual([-2]);
  });
});

describe('preparation steps in onnxruntime', () => {
  test('numbers: fill, flag, scale, clip', async () => {
    const g = graphBuilder();
    const x = g.input('x', 'double');
    g.output('filled', fillMissingNumber(g, x, 4.5), 'double');
    g.output('flag', missingFlag(g, x), 'double');
    g.output('scaled', scaleNumber(g, x, 0.1, 3), 'double');
    g.output('clipped', clipNumber(g, x, -1, 1), 'double');
    const values = [1, NaN, -7, 2 ** 53, 1e300];
    const got = await run(g, { x: doubles(values) });
    expect(numbersOf(got, 'filled')).toEqual([1, 4.5, -7, 2 ** 53, 1e300]);
    expect(numbersOf(got, 'flag')).toEqual([0, 1, 0, 0, 0]);
    expect(numbersOf(got, 'scaled')).toEqual(values.map((value) => (value - 0.1) / 3));
    expect(numbersOf(got, 'clipped')).toEqual([1, NaN, -1, 1, 1]);
  });

  test('categories: one-hot and ordinal, with missing, unseen and unicode values', async () => {
    const g = graphBuilder();
    const city = g.input('city', 'string');
    const filled = fillMissingText(g, city, g.apply('Equal', [city, g.constant('string', [], [''])]), 'Köln');
    const size = g.input('size', 'double');
    g.output('cities', oneHotText(g, filled, ['Köln', '東京']), 'double', ['rows', 2]);
    g.output('code', ordinalText(g, city, ['Köln', '東京'], NaN), 'double');
    g.output('sizes', oneHotNumber(g, size, [1, 2 ** 53 - 1]), 'double', ['rows', 2]);
    g.output('sizeCode', ordinalNumber(g, size, [1, 2 ** 53 - 1], -1), 'double');
    const got = await run(g, { city: texts(['東京', '', 'Oslo', 'Köln']), size: doubles([2 ** 53 - 1, NaN, 1, 2 ** 53 - 2]) });
    expect(numbersOf(got, 'cities')).toEqual([0, 1, 1, 0, 0, 0, 1, 0]);
    expect(numbersOf(got, 'code')).toEqual([1, NaN, NaN, 0]);
    expect(numbersOf(got, 'sizes')).toEqual([0, 1, 0, 0, 1, 0, 0, 0]);
    expect(numbersOf(got, 'sizeCode')).toEqual([1, -1, 0, -1]);
  });

  test('booleans and whole numbers cast to double', async () => {
    const g = graphBuilder();
    g.output('b', castTo(g, g.input('flag', 'bool'), 'double'), 'double');
    g.output('i', castTo(g, g.input('count', 'int64'), 'double'), 'double');
    const got = await run(g, { flag: new ort.Tensor('bool', [1, 0], [2, 1]), count: new ort.Tensor('int64', BigInt64Array.of(5n, -(2n ** 53n)), [2, 1]) });
    expect([numbersOf(got, 'b'), numbersOf(got, 'i')]).toEqual([[1, 0], [5, -(2 ** 53)]]);
  });
});

type RandomTree = TreesToWrite['trees'][number];
function randomTrees(objective: TreesToWrite['objective'], outputs: number, count: number, columns: number, seed: number): TreesToWrite {
  const random = randomGenerator(seed);
  const tree = (): RandomTree => {
    const feature: number[] = [];
    const [left, right, threshold, missingLeft, value]: [number[], number[], number[], number[], number[]] = [[], [], [], [], []];
    const grow = (depth: number): number => {
      const own = feature.length;
      const isLeaf = depth === 0 || (depth < 4 && random.nextBelow(5) === 0);
      feature.push(isLeaf ? -1 : random.nextBelow(columns));
      threshold.push(isLeaf ? 0 : random.nextBelow(20) === 0 ? Infinity : random.nextBelow(4) - 1.5 + (random.nextBelow(2) ? 0 : random.nextNormal()));
      missingLeft.push(isLeaf ? 0 : random.nextBelow(2));
      value.push(isLeaf ? random.nextNormal() * 0.2 : 0);
      left.push(0);
      right.push(0);
      if (isLeaf) return own;
      left[own] = grow(depth - 1);
      right[own] = grow(depth - 1);
      return own;
    };
    grow(random.nextBelow(6));
    return { feature: Int32Array.from(feature), threshold: Float32Array.from(threshold), left: Int32Array.from(left), right: Int32Array.from(right), missingLeft: Uint8Array.from(missingLeft), value: Float32Array.from(value) };
  };
  return { objective, outputs, baseScores: Array.from({ length: outputs }, () => Math.fround(random.nextNormal())), trees: Array.from({ length: count }, tree) };
}

function walk(tree: RandomTree, row: Float32Array): number {
  let node = 0;
  for (;;) {
    const feature = tree.feature[node] ?? -1;
    if (feature < 0) return tree.value[node] ?? 0;
    const x = row[feature] ?? NaN;
    const goesLeft = Number.isNaN(x) ? tree.missingLeft[node] === 1 : x <= (tree.threshold[node] ?? 0);
    node = (goesLeft ? tree.left[node] : tree.right[node]) ?? 0;
  }
}

function scoresByWalking({ outputs, baseScores, trees }: TreesToWrite, values: Float32Array, columns: number): Float64Array {
  const rows = values.length / columns;
  const scores = new Float64Array(rows * outputs);
  for (let r = 0; r < rows; r++) {
    const row = values.subarray(r * columns, (r + 1) * columns);
    for (let k = 0; k < outputs; k++) scores[r * outputs + k] = trees.reduce((sum, tree, t) => (t % outputs === k ? sum + walk(tree, row) : sum), baseScores[k] ?? 0);
  }
  return scores;
}

/** Values with missing ones and many that meet a threshold exactly. */
function randomRows(rows: number, columns: number, seed: number): Float32Array {
  const random = randomGenerator(seed);
  return Float32Array.from({ length: rows * columns }, () => [NaN, random.nextBelow(4) - 1.5, random.nextNormal(), Infinity, random.nextNormal()][random.nextBelow(5)] ?? 0);
}

describe('tree ensembles give what walking the trees gives', () => {
  const columns = 5;
  const rows = 400;
  test.each([
    ['logistic', 1, 60],
    ['logistic', 1, 1],
    ['logistic', 1, 0],
    ['softmax', 3, 45],
    ['softmax', 4, 0],
    ['squared-error', 1, 80],
  ] as const)('%s, %i outputs, %i trees', async (objective, outputs, count) => {
    for (const seed of [1, 2, 3]) {
      const ensemble = randomTrees(objective, outputs, count, columns, seed);
      const values = randomRows(rows, columns, seed);
      const g = graphBuilder();
      const scores = treeScores(g, g.input('x', 'float', ['rows', columns]), ensemble);
      g.output('scores', scores, 'double', ['rows', outputs]);
      if (objective !== 'squared-error') g.output('probabilities', classProbabilities(g, scores, outputs), 'double', ['rows', Math.max(outputs, 2)]);
      const got = await run(g, { x: new ort.Tensor('float32', values, [rows, columns]) });
      const wanted = scoresByWalking(ensemble, values, columns);
      expectNear(numbersOf(got, 'scores'), wanted, 1e-6);
      if (objective === 'squared-error') continue;
      // The link functions are those of the linear models: identity coefficients pass the scores through.
      const identity = Float64Array.from({ length: outputs * outputs }, (_, i) => (i % (outputs + 1) === 0 ? 1 : 0));
      const model = { task: 'classification', classCount: Math.max(2, outputs), columns: [], coefficients: identity, intercepts: new Float64Array(outputs) } as const;
      expectNear(numbersOf(got, 'probabilities'), predictProbabilities(model, wanted, rows), 1e-6);
    }
  });

  test('one row alone gives the bytes of the batch', async () => {
    const ensemble = randomTrees('logistic', 1, 100, columns, 9);
    const values = randomRows(50, columns, 9);
    const g = graphBuilder();
    g.output('scores', treeScores(g, g.input('x', 'float', ['rows', columns]), ensemble), 'double');
    const all = numbersOf(await run(g, { x: new ort.Tensor('float32', values, [50, columns]) }), 'scores');
    const alone = numbersOf(await run(g, { x: new ort.Tensor('float32', values.slice(7 * columns, 8 * columns), [1, columns]) }), 'scores');
    expect(alone).toEqual([all[7]]);
  });
});

describe('linear models and labels', () => {
  const columns = 4;
  const rows = 50;
  const random = randomGenerator(5);
  const features = Float64Array.from({ length: rows * columns }, () => random.nextNormal() * 3);
  const draw = (count: number): Float64Array => Float64Array.from({ length: count }, () => random.nextNormal());
  const x = new ort.Tensor('float64', features, [rows, columns]);

  test('regression', async () => {
    const model = { task: 'regression', columns: [], coefficients: draw(columns), intercept: 1e6 } as const;
    const g = graphBuilder();
    g.output('y', linearScores(g, g.input('x', 'double', ['rows', columns]), model.coefficients, Float64Array.of(model.intercept)), 'double');
    expectNear(numbersOf(await run(g, { x }), 'y'), predictLinear(model, features, rows), 1e-14);
  });

  test.each([
    [2, ['no', 'yes']],
    [3, [10, 20, 30]],
    [3, [0.5, 1, 1.5]],
    [2, [false, true]],
  ] as const)('%i classes labelled %j', async (classCount, labels) => {
    const outputs = classCount === 2 ? 1 : classCount;
    const model = { task: 'classification', classCount, columns: [], coefficients: draw(columns * outputs), intercepts: draw(outputs) } as const;
    const g = graphBuilder();
    const probabilities = classProbabilities(g, linearScores(g, g.input('x', 'double', ['rows', columns]), model.coefficients, model.intercepts), outputs);
    const label = classLabels(g, probabilities, labels);
    g.output('label', label.value, label.type);
    g.output('probabilities', probabilities, 'double', ['rows', classCount]);
    const got = await run(g, { x });
    const wanted = predictProbabilities(model, features, rows);
    expectNear(numbersOf(got, 'probabilities'), wanted, 1e-14);
    const best = Array.from({ length: rows }, (_, row) => labels[Array.from(wanted.slice(row * classCount, (row + 1) * classCount)).reduce((top, p, k, all) => (p > (all[top] ?? 0) ? k : top), 0)]);
    expect(dataOf(got, 'label').map((value) => (typeof value === 'bigint' ? Number(value) : label.type === 'bool' ? value === 1 || value === true : value))).toEqual(best);
  });

  test('another threshold than one half', async () => {
    const g = graphBuilder();
    const label = labelsByThreshold(g, g.input('p', 'double', ['rows', 2]), ['no', 'yes'], 0.3);
    g.output('label', label.value, label.type);
    const got = await run(g, { p: new ort.Tensor('float64', Float64Array.of(0.71, 0.29, 0.7, 0.3, 0.1, 0.9), [3, 2]) });
    expect(dataOf(got, 'label')).toEqual(['no', 'yes', 'yes']);
  });

  test('labels of mixed types are refused', () => {
    const g = graphBuilder();
    expect(() => classLabels(g, g.input('p', 'double', ['rows', 2]), ['no', 1])).toThrow('more than one type');
  });
});

test('a whole pipeline: fill, scale, encode, cast once, trees, label', async () => {
  const ensemble = randomTrees('logistic', 1, 40, 4, 21);
  const cities = ['Köln', '東京'];
  const g = graphBuilder('whole');
  const age = scaleNumber(g, fillMissingNumber(g, g.input('age', 'double'), 41.5), 40, 7);
  const missing = castTo(g, isMissingNumber(g, 'age'), 'double');
  const city = oneHotText(g, g.input('city', 'string'), cities);
  const scores = treeScores(g, castTo(g, concatColumns(g, [age, missing, city]), 'float'), ensemble);
  const probabilities = classProbabilities(g, scores, 1);
  const label = classLabels(g, probabilities, ['stays', 'leaves']);
  g.output('label', label.value, label.type);
  g.output('probabilities', probabilities, 'double', ['rows', 2]);

  const random = randomGenerator(8);
  const rows = 1000;
  const ages = Array.from({ length: rows }, () => (random.nextBelow(6) === 0 ? NaN : 40 + 9 * random.nextNormal()));
  const names = Array.from({ length: rows }, () => ['Köln', '東京', 'Oslo', ''][random.nextBelow(4)] ?? '');
  const got = await run(g, { age: doubles(ages), city: texts(names) });
  const features = Float32Array.from(ages.flatMap((value, i) => [((Number.isNaN(value) ? 41.5 : value) - 40) / 7, Number.isNaN(value) ? 1 : 0, ...cities.map((name) => (names[i] === name ? 1 : 0))]));
  const wanted = Array.from(scoresByWalking(ensemble, features, 4), (score) => 1 / (1 + Math.exp(-score)));
  expectNear(numbersOf(got, 'probabilities').filter((_, i) => i % 2 === 1), wanted, 1e-6);
  expect(dataOf(got, 'label')).toEqual(wanted.map((p) => (p > 0.5 ? 'leaves' : 'stays')));
});
