import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeFrame, encodeFrame } from './frame.ts';

const through = (message: unknown): unknown => {
  const frame = encodeFrame(message);
  return decodeFrame(typeof frame === 'string' ? frame : frame.buffer);
};

test('a message without bytes is one text frame of JSON', () => {
  expect(encodeFrame({ t: 'call', id: 1, input: { a: [1, null] } })).toBe('{"t":"call","id":1,"input":{"a":[1,null]}}');
});

test('every message of JSON and byte arrays comes back as it was', () => {
  const { message } = fc.letrec((tie) => ({
    message: fc.oneof(
      { depthSize: 'small' },
      fc.jsonValue({ maxDepth: 1 }),
      fc.uint8Array(),
      fc.array(tie('message')),
      fc.dictionary(
        fc.string().filter((key) => key !== '__proto__'),
        tie('message'),
        { noNullPrototype: true },
      ),
    ),
  }));
  fc.assert(
    fc.property(message, (value) => {
      // -0 has no form in JSON.
      fc.pre(
        !JSON.stringify(value, (_key, item: unknown) => (Object.is(item, -0) ? 'minus zero' : item)).includes(
          'minus zero',
        ),
      );
      expect(through({ value })).toEqual({ value });
    }),
    { numRuns: 200 },
  );
});

test('a frame that was cut, or that points outside its message, is no frame', () => {
  const frame = encodeFrame({ value: new Uint8Array([1, 2, 3]) });
  if (typeof frame === 'string') throw new Error('expected bytes');
  expect(decodeFrame(frame.buffer.slice(0, -1))).toBeUndefined();
  expect(decodeFrame(new ArrayBuffer(2))).toBeUndefined();
  expect(decodeFrame('{"t":')).toBeUndefined();
  const header = new TextEncoder().encode('{"message":{},"bytes":[{"path":["__proto__","polluted"],"length":0}]}');
  const forged = new Uint8Array(4 + header.length);
  new DataView(forged.buffer).setUint32(0, header.length, true);
  forged.set(header, 4);
  expect(decodeFrame(forged.buffer)).toBeUndefined();
  expect(Reflect.get({}, 'polluted')).toBeUndefined();
});
