import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import ssh2 from 'ssh2';
import { afterAll, describe, expect, test } from 'vitest';
import { toProblem } from '../../../shared/errors.ts';
import type { PipelineFile } from '../../../shared/pipeline/file.ts';
import { parsePipeline } from '../../../shared/pipeline/parse.ts';
import { wholeLines } from '../placement/look.ts';
import { placedPart } from '../placement/placed-part.ts';
import { rootWord } from '../staging/files.ts';
import { commandFor, quote } from '../shell/shell.ts';
import { endInWords, ranges, reasonInWords } from './slurm-queue.ts';
import { gatherTasks, splitTasks } from '../staging/tasks.ts';
import { findHops } from '../shell/ssh-settings.ts';
import { writeZip } from '../shell/zip.ts';

describe('tasks', () => {
  test('trials are dealt out in turn, each once', () => {
    expect(splitTasks({ trials: 5, folds: [], parts: [] }, { options: { parallel: '2' } })).toEqual([
      { trials: [0, 2, 4], stage: 0 },
      { trials: [1, 3], stage: 0 },
    ]);
    expect(splitTasks({ trials: 1, folds: [], parts: [] }, { options: {} })).toEqual([{ stage: 0 }]);
    expect(splitTasks({ trials: 1, folds: [['a[fold 1]'], ['a[fold 2]']], parts: [] }, { options: {} })).toEqual([
      { parts: ['a[fold 1]'], stage: 0 },
      { parts: ['a[fold 2]'], stage: 0 },
    ]);
  });

  test('parts that are missing come first, each alone; what puts them together waits for them', () => {
    const parts = ['1', '2', '3'].map((n) => ({ id: `a[part ${n}]`, key: `k${n}` }));
    const split = (present: string[]) => splitTasks({ trials: 1, folds: [], parts }, { options: {} }, new Set(present));
    expect(split(['k2'])).toEqual([
      { stage: 0, parts: ['a[part 1]'], keeps: ['k1'] },
      { stage: 0, parts: ['a[part 3]'], keeps: ['k3'] },
      { stage: 1, made: ['k1', 'k2', 'k3'] },
    ]);
    expect(split(['k1', 'k2', 'k3'])).toEqual([{ stage: 0, made: ['k1', 'k2', 'k3'] }]);
    // No more tasks than a scheduler takes.
    const many = Array.from({ length: 1201 }, (_, i) => ({ id: `a[part ${i}]`, key: `k${i}` }));
    const tasks = splitTasks({ trials: 1, folds: [], parts: many }, { options: {} });
    expect(tasks.length).toBeLessThanOrEqual(501);
    expect(tasks.flatMap((task) => task.keeps ?? [])).toEqual(many.map(({ key }) => key));
  });

  test('what tasks told is put together in the order of the trials', () => {
    const end = (n: number, trials: number[]) => ({
      offset: 0,
      stage: 0,
      trials,
      finished: {
        type: 'run-finished' as const,
        run: 'r',
        seq: n,
        time_ms: n,
        status: 'done' as const,
        metrics: { [`m[${n}]`]: { a: n } },
        ms: n,
        trials: trials.map((t) => ({ variant: { 'm.x': t }, metrics: {} })),
      },
    });
    expect(gatherTasks([end(1, [0, 2]), end(2, [1])])).toEqual({
      status: 'done',
      metrics: { 'm[1]': { a: 1 }, 'm[2]': { a: 2 } },
      ms: 2,
      trials: [0, 1, 2].map((t) => ({ variant: { 'm.x': t }, metrics: {} })),
    });
  });

  test('a task without a word fails the run', () => {
    const exit = { code: 1, status: 'failed' as const, ended_ms: 0, node: 'n', starts: 1 };
    expect(
      gatherTasks([
        { offset: 0, stage: 0, exit },
        { offset: 0, stage: 0, exit: { ...exit, status: 'done' } },
      ]).status,
    ).toBe('failed');
  });
});

describe('Slurm in words', () => {
  test('numbers of tasks', () => {
    expect(ranges([5, 0, 1, 2, 9])).toBe('0-2,5,9');
    expect(ranges([])).toBe('');
  });
  test('why it waits, how it ended', () => {
    expect(reasonInWords('Resources', '2026-11-27T14:30:00')).toBe(
      'it waits for free cores or memory; Slurm expects it to start at 14:30',
    );
    expect(reasonInWords('SomethingNew')).toBe('Slurm says "SomethingNew"');
    expect(endInWords('OUT_OF_MEMORY', 'None')).toBe('it used more memory than it asked for');
    expect(endInWords('FAILED', 'NonZeroExitCode')).toBe('Slurm says FAILED, NonZeroExitCode');
  });
});

describe('lines and words', () => {
  test('only whole lines count, in bytes, however letters fall', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ unit: 'grapheme' }).filter((s) => s !== '' && !s.includes('\n'))),
        fc.nat(500),
        (texts, cut) => {
          const bytes = Buffer.from(texts.map((text) => `${text}\n`).join(''));
          const { lines, used } = wholeLines(bytes.subarray(0, cut));
          const rest = wholeLines(bytes.subarray(used));
          expect([...lines, ...rest.lines]).toEqual(texts);
        },
      ),
    );
  });
  test('a word for a shell, a root', () => {
    expect(quote(`it's "$HOME"`)).toBe(`'it'\\''s "$HOME"'`);
    expect(rootWord('~/my root')).toBe(`"$HOME"'/my root'`);
    expect(rootWord('/scratch/$USER')).toBe(`'/scratch/$USER'`);
  });
  test('a script comes by standard input, counted in bytes', () => {
    const { command, head } = commandFor('echo "Łódź"');
    expect(command).toContain(`count=${head.length} `);
    expect(command).not.toMatch(/[\n!]/);
  });
  test('a stored ZIP begins and ends as one', () => {
    const zip = writeZip([{ name: 'a', bytes: Buffer.from('hello') }]);
    expect([zip.readUInt32LE(0), zip.readUInt32LE(zip.length - 22), zip.readUInt16LE(zip.length - 12)]).toEqual([
      0x04034b50, 0x06054b50, 1,
    ]);
  });
});

describe('the way to a machine', () => {
  const around = {
    home: '/nowhere',
    agent: '/tmp/agent',
    config:
      'Host box\n  HostName box.lab\n  User mara\n  Port 2200\n  ProxyJump gate:23\nHost gate\n  HostName gate.lab\n',
  };
  test('ssh_config says what was not said', () => {
    const hops = findHops({ name: 'x', kind: 'ssh', host: 'box', options: {} }, around);
    expect(hops.map(({ host, port }) => [host, port])).toEqual([
      ['gate.lab', 23],
      ['box.lab', 2200],
    ]);
    expect(hops.at(-1)).toMatchObject({ user: 'mara', agent: '/tmp/agent' });
  });
  test('what was said counts more', () => {
    const [only, ...more] = findHops(
      { name: 'x', kind: 'ssh', host: 'box', port: 22, user: 'me', options: { jump: 'none' } },
      around,
    );
    expect([only?.port, only?.user, more.length]).toEqual([22, 'me', 0]);
  });
});

describe('a key that was named', () => {
  const folder = mkdtempSync(join(tmpdir(), 'flowyard-keys-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const makePair = () =>
    ssh2.utils.generateKeyPairSync('ed25519', { passphrase: 'right', cipher: 'aes256-cbc', rounds: 4 });
  let pair = makePair();
  // One of 200 that it makes is malformed.
  while (ssh2.utils.parseKey(pair.public) instanceof Error) pair = makePair();
  const at = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const said = (key: string, passphrase?: string, options: Record<string, string> = { passphrase: 'mine' }): string => {
    const secret = (name: string) => (name === 'mine' ? passphrase : undefined);
    try {
      findHops({ name: 'x', kind: 'ssh', host: 'h', key, options }, { home: folder, agent: '', config: '', secret });
      return 'usable';
    } catch (error) {
      const { message, mend } = toProblem(error);
      return `${message} ${mend ?? ''}`;
    }
  };
  test('is opened by its passphrase; what is wrong with it has words, and the mend', () => {
    const key = at('id', pair.private);
    expect(said(key, 'right')).toBe('usable');
    expect(said(key, 'wrong')).toContain('Keep the right passphrase: flowyard secrets set');
    expect(said(key, undefined, {})).toContain('name it with --option passphrase=NAME');
    expect(said(key)).toContain('needs the secret "mine", which is not stored here. Add it: flowyard secrets set');
    expect(said(at('id.pub', pair.public), undefined, {})).toContain(
      'cannot be used (it is the public half). Give the private half',
    );
    expect(said(at('none', 'hello'), undefined, {})).toContain('cannot be used');
  });
});

describe('places', () => {
  const file = (nodes: string): PipelineFile =>
    parsePipeline(`{"flowyard":1,"nodes":{${nodes}},"wires":["a.rows -> b.rows","a.rows -> c.rows"]}`);
  const lab = '"place":{"target":"lab","cores":4}';
  test('the placed nodes that a run needs, with enough for each', () => {
    const placed = file(
      `"a":{"kind":"x"},"b":{"kind":"x",${lab}},"c":{"kind":"x","place":{"target":"lab","cores":8,"memoryMb":100}}`,
    );
    expect(placedPart(placed, null)).toEqual({
      target: 'lab',
      nodes: ['b', 'c'],
      resources: { cores: 8, memoryMb: 100 },
    });
    expect(placedPart(placed, 'b')).toEqual({ target: 'lab', nodes: ['b'], resources: { cores: 4 } });
    expect(placedPart(placed, 'a')).toBeUndefined();
    const inParts = file(`"a":{"kind":"x"},"b":{"kind":"x","place":{"target":"lab","partitions":3}},"c":{"kind":"x"}`);
    expect(placedPart(inParts, null)).toMatchObject({ partitions: 3 });
  });
  test('one run goes to one remote', () => {
    expect(() =>
      placedPart(file(`"a":{"kind":"x"},"b":{"kind":"x",${lab}},"c":{"kind":"x","place":{"target":"other"}}`), null),
    ).toThrow('One run goes to one remote');
  });
});
