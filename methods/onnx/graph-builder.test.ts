import { fromBinary } from '@bufbuild/protobuf';
import fc from 'fast-check';
import { AttributeProto_AttributeType, ModelProtoSchema, TensorProto_DataType } from 'onnx-buf';
import { describe, expect, test } from 'vitest';
import { doubleColumn, numbersOf, runGraph } from '../../test/support/run-graph.ts';
import { graphBuilder } from './graph-builder.ts';
import { protobufWriter } from './protobuf-writer.ts';

const read = (bytes: Uint8Array): ReturnType<typeof fromBinary<typeof ModelProtoSchema>> =>
  fromBinary(ModelProtoSchema, bytes);

describe('the bytes are ONNX', () => {
  test('an independent reader finds every part', () => {
    const g = graphBuilder('tiny', { producerVersion: '1.2.3', documentation: 'adds and takes the leaf' });
    const x = g.input('x', 'double', ['rows', 2]);
    const [sum = ''] = g.node('Add', [x, g.constant('double', [1, 2], [0.5, -1])]);
    g.node(
      'Example',
      [sum],
      {
        i: -3,
        f: { float: 0.25 },
        s: 'ä',
        ints: [1, 2 ** 40],
        floats: { floats: [1, 2] },
        strings: ['a', 'ö'],
        bigs: [-1n],
        typed: Int32Array.of(7, -7),
        t: { tensor: { type: 'int64', dims: [1], values: [9] } },
      },
      { domain: 'ai.onnx.ml', outputs: 2 },
    );
    g.constant('string', [2], ['a', '日本']);
    g.constant('bool', [2], [true, false]);
    g.metadata('flowyard', '{"a":1}');
    g.output('y', sum, 'double', ['rows', 2]);
    const model = read(g.toBytes());

    expect([model.irVersion, model.producerName, model.producerVersion, model.docString]).toEqual([
      9n,
      'flowyard',
      '1.2.3',
      'adds and takes the leaf',
    ]);
    expect(model.opsetImport.map((o) => [o.domain, o.version])).toEqual([
      ['', 19n],
      ['ai.onnx.ml', 3n],
    ]);
    expect(model.metadataProps.map((p) => [p.key, p.value])).toEqual([['flowyard', '{"a":1}']]);
    const graph = model.graph;
    expect(graph?.name).toBe('tiny');
    expect(graph?.input.map((i) => i.name)).toEqual(['x']);
    expect(graph?.output.map((o) => o.name)).toEqual(['y']);
    const type = graph?.input[0]?.type?.value;
    expect(
      type?.case === 'tensorType' && [type.value.elemType, type.value.shape?.dim.map((d) => d.value.value)],
    ).toEqual([TensorProto_DataType.DOUBLE, ['rows', 2n]]);
    expect(graph?.node.map((n) => [n.opType, n.domain, n.output.length])).toEqual([
      ['Add', '', 1],
      ['Example', 'ai.onnx.ml', 2],
      ['Identity', '', 1],
    ]);

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
      fc.property(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.string({ unit: 'binary' }),
        (whole, words) => {
          const g = graphBuilder();
          g.input('x', 'float');
          g.node('Example', ['x'], { whole: [whole] });
          g.metadata('words', words);
          g.output('y', 'x', 'float');
          const model = read(g.toBytes());
          expect(model.graph?.node[0]?.attribute[0]?.ints).toEqual([whole]);
          expect(model.metadataProps[0]?.value).toBe(words);
        },
      ),
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
    expect(numbersOf(await runGraph(g, { Neg_1: doubleColumn([2]) }), 'y')).toEqual([-2]);
  });
});
