import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeCommandFolder, smallPipeline, type CommandFolder } from './spawn-command.ts';

let here: CommandFolder;
beforeAll(() => {
  here = makeCommandFolder();
});
afterAll(() => here.remove());

const good = JSON.stringify(smallPipeline(), null, 1);
/** What is wrong → the file's text, the code, a part of the sentence. */
const malformed: Record<string, [text: string, code: string, says: string]> = {
  empty: ['', 'pipeline.empty', 'is empty'],
  'cut off': [good.slice(0, 200), 'pipeline.not-json', 'line'],
  'a comma too many': [good.replace(/\}\s*$/, ',}'), 'pipeline.not-json', 'not valid JSON'],
  'a merge conflict': [good.replace(' "title"', '<<<<<<< ours\n "title"'), 'pipeline.merge-conflict', 'merge conflict'],
  'a list': ['[]', 'pipeline.not-an-object', 'not a JSON object'],
  'no version': ['{"nodes": {}}', 'pipeline.no-version', '"flowyard"'],
  'a version that is text': ['{"flowyard": "one"}', 'pipeline.bad-version', 'no version'],
  'a newer version': ['{"flowyard": 99}', 'pipeline.newer', 'newer Flowyard'],
  'an unknown key': [good.replace('"title"', '"titel"'), 'pipeline.invalid', 'titel'],
  'a node id with a space': [
    JSON.stringify({ flowyard: 1, nodes: { 'my node': { kind: 'read.csv' } } }),
    'pipeline.invalid',
    'my node',
  ],
  'a node without a kind': [JSON.stringify({ flowyard: 1, nodes: { a: {} } }), 'pipeline.invalid', 'nodes.a.kind'],
  'a wire without an arrow': [
    JSON.stringify({ flowyard: 1, nodes: {}, wires: ['a.rows b.rows'] }),
    'pipeline.invalid',
    'wires.0',
  ],
  'a wire to nowhere': [
    good.replace('people.rows -> split.rows', 'nobody.rows -> split.rows'),
    'pipeline.wire-to-nowhere',
    'nobody',
  ],
  'a wire twice': [
    JSON.stringify(smallPipeline({ wires: ['people.rows -> split.rows', 'people.rows -> split.rows'] })),
    'pipeline.duplicate-wire',
    'twice',
  ],
  'a key twice': [
    '{"flowyard": 1,\n"nodes": {"a": {"kind": "read.csv"}, "a": {"kind": "read.csv"}}}',
    'pipeline.duplicate-key',
    'line 2',
  ],
};

it('each of 15 malformed files exits 2 and says in a sentence what is wrong, with run and with check', async () => {
  const cases = Object.entries(malformed);
  expect(cases).toHaveLength(15);
  for (const [i, [what, [text, code, says]]] of cases.entries()) {
    const name = here.write(`bad-${i}.pipeline.json`, text);
    const ended = await here.run(i % 2 === 0 ? 'run' : 'check', name, '--json');
    expect([what, ended.code]).toEqual([what, 2]);
    const [line] = ended.lines();
    expect([what, line]).toMatchObject([what, { type: 'error', problem: { code } }]);
    expect(ended.err).toContain(says);
    expect(ended.err).not.toContain('    at ');
  }
});

it('check names node and parameter and the mend, exits 2 on errors and 0 without', async () => {
  here.write('people.csv', 'id,age,city,next\n1,30,Oslo,stays\n2,31,Oslo,goes\n3,32,Oslo,stays\n4,33,Oslo,goes\n');
  here.write('good.pipeline.json', good);
  const fine = await here.run('check', 'good.pipeline.json', '--json');
  expect([fine.code, fine.lines().at(-1)]).toMatchObject([0, { type: 'check-finished', errors: 0, nodes: 6 }]);
  const wrong = await here.run(
    'check',
    'good.pipeline.json',
    '--set',
    'split.target=nix',
    '--set',
    'people.file=gone.csv',
  );
  expect(wrong.code).toBe(2);
  expect(wrong.out).toContain('✗ people.file: The file "gone.csv" is not there. Choose the file again');
});

it('places and words that cannot be are told in a sentence: a folder, a table, a port, a workspace', async () => {
  here.write('table.csv', 'a,b\n1,2\n');
  here.write('fine.pipeline.json', good);
  const cases: [args: string[], code: number, says: RegExp][] = [
    [['run', '.'], 2, /^"\." is a folder, not a file\. Name the pipeline file in it\./],
    [['run', 'table.csv'], 2, /^table\.csv is not a pipeline file: .* reader node\./],
    [['run', 'fine.pipeline.json', '--workspace', 'table.csv'], 1, /table\.csv is a file, not a folder\./],
    [['app', '--no-open', '--port', '99999'], 2, /^--port takes a whole number from 0 to 65535, not "99999"\./],
    [['app', '--no-open', '--port', 'any'], 2, /^--port takes a whole number/],
  ];
  for (const [args, code, says] of cases) {
    const ended = await here.run(...args);
    expect([args, ended.code, ended.out]).toEqual([args, code, '']);
    expect(ended.err).toMatch(says);
    expect(ended.err).not.toMatch(/fault in Flowyard|^ {4}at /m);
  }
});

it('wires in a circle are told at its nodes, by a check and by a run, and what stands apart from it is computed', async () => {
  const apart = {
    read: { kind: 'read.example' },
    sorted: { kind: 'clean.filter', params: { expression: 'year > 2007' } },
  };
  const filter = { kind: 'clean.filter', params: { expression: 'x > 1' } };
  const name = here.write(
    'circle.pipeline.json',
    JSON.stringify({
      flowyard: 1,
      nodes: { ...apart, a: filter, b: filter },
      wires: ['read.rows -> sorted.rows', 'a.rows -> b.rows', 'b.rows -> a.rows'],
    }),
  );
  const checked = await here.run('check', name);
  expect([checked.code, checked.out]).toEqual([2, expect.stringContaining('The wires of "a" lead in a circle.')]);
  const ran = await here.run('run', name);
  expect([ran.code, ran.out]).toEqual([2, expect.stringContaining('The wires of "b" lead in a circle.')]);
  expect(ran.out).toMatch(/✓ sorted/);
});

it('controls in names of a stranger’s file are shown, not obeyed, by check and run, and are the same in JSON', async () => {
  const file = '\u001b[2J\r\u202egone\n✓ Done.csv';
  here.write('controls.pipeline.json', { flowyard: 1, nodes: { read: { kind: 'read.csv', params: { file } } } });
  for (const command of ['check', 'run']) {
    const { out, err } = await here.run(command, 'controls.pipeline.json');
    expect(out).toContain('✗ read');
    expect(out).toContain('The file "\\u001b[2J\\u000d\\u202egone\n    ✓ Done.csv" is not there.');
    expect(out + err).not.toMatch(/(?![\n\t])[\p{Cc}\u202e]/u);
  }
  const [reported] = (await here.run('check', 'controls.pipeline.json', '--json')).lines();
  expect(reported?.['message']).toBe(`The file "${file}" is not there.`);
});
