import { expect, it } from 'vitest';
import { formatPipeline, parsePipeline, validate } from './parse.ts';

const node = { kind: 'read.example' };
const reported = (text: string): unknown => {
  try {
    return formatPipeline(parsePipeline(text));
  } catch (thrown) {
    return thrown;
  }
};

it.each([
  ['a node', '{"flowyard":1,\n"nodes":{"__proto__":{"kind":"read.example"}}}', 2],
  ['a run parameter', '{"flowyard":1,"parameters":{\n\n"__proto__":{"type":"text"}}}', 3],
  ['a setting', '{"flowyard":1,"nodes":{"a":{"kind":"read.csv","params":{"types":\n{"__proto__":"text"}}}}}', 2],
  ['a group', '{"flowyard":1,"groups":{"__proto__":{"title":"","nodes":[]}}}', 1],
  ['written otherwise', '{"flowyard":1,"notes":{"__pro\\u0074o__":{"text":"","at":[0,0]}}}', 1],
])('refuses the name that parsing drops in silence, of %s, with its line', (_, text, line) => {
  expect(reported(text)).toMatchObject({ code: 'pipeline.reserved-name', problem: { facts: { line } } });
  expect(() => validate(JSON.parse(text))).toThrow('is a name that JavaScript keeps for itself');
});

it.each(['constructor', 'toString', 'valueOf', 'hasOwnProperty', '__defineGetter__'])(
  'refuses ids that every object has: %s',
  (name) => {
    for (const file of [
      { nodes: { [name]: node } },
      { parameters: { [name]: { type: 'text' } } },
      { groups: { [name]: { title: '', nodes: [] } } },
      { groups: { g: { title: '', nodes: [name] } } },
      { notes: { [name]: { text: '', at: [0, 0] } } },
    ])
      expect(reported(JSON.stringify({ flowyard: 1, ...file }))).toMatchObject({
        code: 'pipeline.invalid',
        message: expect.stringContaining('it is a name that JavaScript keeps for itself'),
      });
    // Columns are named by their files.
    const params = { types: { [name]: 'text' } };
    const kept = parsePipeline(JSON.stringify({ flowyard: 1, nodes: { a: { kind: 'read.csv', params } } }));
    expect(kept.nodes['a']?.params).toEqual(params);
  },
);
