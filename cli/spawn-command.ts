/** For tests: the real command as a process, in a folder of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const script = join(import.meta.dirname, 'main.ts');
/** As `npm run flowyard` starts it. */
const bundledScript = join(import.meta.dirname, '..', 'dist', 'cli', 'main.js');

export interface Ended {
  code: number | null;
  out: string;
  err: string;
  /** Standard output as one object a line. */
  lines: () => Record<string, unknown>[];
}
export interface CommandFolder {
  folder: string;
  write: (name: string, content: unknown) => string;
  run: (...args: string[]) => Promise<Ended>;
  /** The same by the bundled command. */
  runBundled: (...args: string[]) => Promise<Ended>;
  /** Without waiting for its end. */
  start: (...args: string[]) => {
    child: ChildProcess;
    ended: Promise<Ended>;
    /** Resolves with standard output when the pattern is in it. */ said: (pattern: RegExp) => Promise<string>;
  };
  remove: () => void;
}

export function makeCommandFolder(): CommandFolder {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'flowyard-cli-')));
  const startScript = (place: string, ...args: string[]): ReturnType<CommandFolder['start']> => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', place, ...args], {
      cwd: folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let [out, err] = ['', ''];
    // As text, so that a letter of several bytes that comes in two pieces stays whole.
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    const ended = new Promise<Ended>((resolve) =>
      child.once('close', (code) =>
        resolve({
          code,
          out,
          err,
          lines: () =>
            out
              .trim()
              .split('\n')
              .filter((line) => line !== '')
              .map((line): Record<string, unknown> => JSON.parse(line)),
        }),
      ),
    );
    const said = (pattern: RegExp): Promise<string> =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (pattern.test(out)) resolve(out);
        };
        look();
        child.stdout.on('data', look);
        void ended.then(({ code }) =>
          reject(new Error(`ended with ${code ?? '?'} before it said ${String(pattern)}: ${out}${err}`)),
        );
      });
    return { child, ended, said };
  };
  const start: CommandFolder['start'] = (...args) => startScript(script, ...args);
  return {
    folder,
    start,
    run: (...args) => start(...args).ended,
    runBundled: (...args) => startScript(bundledScript, ...args).ended,
    write: (name, content) => {
      writeFileSync(join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
      return name;
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** 60 people: what they do next can nearly be told from their age. */
export const peopleCsv = `id,age,city,next\n${Array.from({ length: 60 }, (_, i) => `${9_007_199_254_740_993n + BigInt(i)},${i % 7 === 3 ? '' : 18 + ((i * 37) % 50)},${['Köln', 'Oslo', 'Łódź'][i % 3] ?? ''},${(i * 37) % 50 > 24 ? 'stays' : 'goes'}`).join('\n')}\n`;

export const smallPipeline = (more: Record<string, unknown> = {}): Record<string, unknown> => ({
  flowyard: 1,
  title: 'People',
  parameters: { file: { type: 'file', default: 'people.csv' } },
  nodes: {
    people: { kind: 'read.csv', params: { file: '=file' } },
    split: { kind: 'split.rows', params: { target: 'next', testFraction: 0.25, seed: 1 } },
    fill: { kind: 'prepare.impute' },
    encode: { kind: 'prepare.encode' },
    model: { kind: 'train.logistic-regression' },
    measure: { kind: 'evaluate.classification' },
  },
  wires: [
    'people.rows -> split.rows',
    'split.rows -> fill.rows',
    'fill.rows -> encode.rows',
    'encode.rows -> model.rows',
    'model.model -> measure.model',
    'encode.rows -> measure.rows',
  ],
  ...more,
});
