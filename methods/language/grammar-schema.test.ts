import { describe, expect, it } from 'vitest';
import { grammarSchema, unheldWord } from './grammar-schema.ts';

describe('a JSON Schema for a grammar', () => {
  it('says each optional part, at any depth, so that it is not taken for null', () => {
    const optional = { anyOf: [{ type: 'string' }, { type: 'null' }] };
    const known = { oneOf: [{ type: 'string' }, { type: 'null' }] };
    expect(
      grammarSchema({
        $defs: { N: { properties: { x: optional } } },
        type: 'object',
        properties: { list: { items: optional }, one: { allOf: [{ $ref: '#/$defs/N' }], title: 'One' } },
      }),
    ).toEqual({
      $defs: { N: { type: 'object', properties: { x: known } } },
      type: 'object',
      properties: { list: { type: 'array', items: known }, one: { $ref: '#/$defs/N', title: 'One' } },
    });
  });

  it('takes a part of which nothing is said for any plain value', () => {
    const plain = grammarSchema({ type: 'object', properties: { a: true, b: { description: 'what you like' } } });
    expect(JSON.stringify(plain).match(/"boolean"/g)).toHaveLength(2);
  });

  it.each([
    [{ type: 'wat' }, 'has the type "wat"'],
    [
      { type: 'object', properties: { a: { pattern: 'a+' } } },
      '"a" in the JSON Schema says its form by "pattern" alone',
    ],
    [{ allOf: [{ type: 'string' }, { maxLength: 3 }] }, '"allOf"'],
    [[], 'is no object'],
  ])('refuses %j in words', (schema, words) => {
    expect(() => grammarSchema(schema)).toThrow(words);
  });

  it('knows what no grammar keeps, and no column that is called so', () => {
    const of = (part: object) =>
      unheldWord({ type: 'object', properties: { minimum: { type: 'array', items: part } } });
    expect([of({ type: 'string', maxLength: 3 }), of({ anyOf: [{ type: 'string', pattern: '^a' }] })]).toEqual([
      undefined,
      'pattern',
    ]);
  });

  it('leaves a schema of known words as it is', () => {
    const schema = {
      type: 'object',
      properties: { a: { enum: ['x', 1] }, b: { type: ['string', 'null'] } },
      required: ['a'],
      additionalProperties: false,
    };
    expect(grammarSchema(schema)).toEqual(schema);
  });
});
