/**
 * A new kind or learner is folders and nothing else. The folders of `test/templates/` (a relational kind, a fitted kind, a learner of a new form and task, a type of deployment) are put into
 * a copy of the tree: all suites that judge such folders find them there, they run, predict and export, and no other file changes but those that `npm run docs` writes.
 */
import { execFile } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startServiceProcess } from '../../engine/serve/service-process.ts';
import { askOnnxFile } from '../support/ask-onnx.ts';

const root = join(import.meta.dirname, '../..');
const templates = join(root, 'test/templates');
const execute = promisify(execFile);
const added = readdirSync(templates).flatMap((template) =>
  readdirSync(join(templates, template), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) =>
      join(entry.parentPath, entry.name)
        .slice(join(templates, template).length + 1)
        .replaceAll('\\', '/'),
    ),
);
/** Made from what the kinds declare: no hand writes them. */
const generated = ['docs/node-kinds.md', 'nodes/kind-facts.ts'];

let copy: string;
let workspace: string;
let answered: { prediction: number; lower: number; upper: number }[];
/** @returns standard output */
async function inCopy(command: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, UPDATE_EXAMPLES: process.env['UPDATE_EXAMPLES'] ?? '' };
  const done = await execute(command, args, { cwd: copy, env, maxBuffer: 2 ** 26 }).catch((error: unknown) => {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`${command} ${args.join(' ')}\n${stdout}\n${stderr}`);
  });
  return done.stdout;
}
const node = (...args: string[]): Promise<string> =>
  inCopy(process.execPath, '--disable-warning=ExperimentalWarning', ...args);
/** The command, in a workspace of its own. */
const flowyard = (...args: string[]): Promise<string> =>
  execute(process.execPath, ['--disable-warning=ExperimentalWarning', join(copy, 'cli/main.ts'), ...args], {
    cwd: workspace,
  }).then(({ stdout }) => stdout);
interface Judged {
  numPassedTests: number;
  testResults: { name: string; assertionResults: { status: string; fullName: string; failureMessages: string[] }[] }[];
}
/** @throws what failed */
async function suites(...args: string[]): Promise<Judged> {
  const file = join(workspace, 'suites.json');
  const options = ['--reporter=json', `--outputFile=${file}`, '--maxWorkers=1'];
  const failed = await node('node_modules/vitest/vitest.mjs', 'run', ...options, ...args).catch(
    (error: unknown) => error,
  );
  const judged: Judged = JSON.parse(readFileSync(file, 'utf8'));
  const failures = judged.testResults.flatMap(({ assertionResults }) =>
    assertionResults.filter(({ status }) => status === 'failed'),
  );
  if (failed instanceof Error)
    throw new Error(
      failures.map((one) => `${one.fullName}: ${one.failureMessages.join(' ')}`).join('\n') || failed.message,
    );
  return judged;
}

beforeAll(async () => {
  copy = mkdtempSync(join(tmpdir(), 'flowyard-templates-'));
  workspace = mkdtempSync(join(tmpdir(), 'flowyard-templates-'));
  const listed = await execute('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    maxBuffer: 2 ** 26,
  });
  for (const file of listed.stdout.split('\0').filter((name) => name !== '' && !name.startsWith('docs/screens/'))) {
    if (!existsSync(join(root, file))) continue;
    mkdirSync(dirname(join(copy, file)), { recursive: true });
    cpSync(join(root, file), join(copy, file));
  }
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'), 'junction');
  const git = (...args: string[]): Promise<string> =>
    inCopy('git', '-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'core.autocrlf=false', ...args);
  await git('init', '-q');
  writeFileSync(join(copy, '.git/info/exclude'), 'node_modules\n');
  await git('add', '-A');
  await git('commit', '-q', '-m', 'before');
  for (const template of readdirSync(templates)) cpSync(join(templates, template), copy, { recursive: true });
  for (const maker of ['docs/make-node-table.ts', 'docs/draw-rooms.ts']) await node(maker);
});
afterAll(() => {
  for (const folder of [copy, workspace]) rmSync(folder, { recursive: true, force: true });
});

test('the folders have the right types', async () => {
  const config = join(copy, 'dist/templates.json');
  mkdirSync(dirname(config), { recursive: true });
  const compilerOptions = {
    composite: false,
    incremental: false,
    declaration: false,
    emitDeclarationOnly: false,
    noEmit: true,
  };
  const lib = { lib: ['ES2024'], types: ['node'] };
  const files = added.filter((file) => /(?<!\.test)\.ts$/.test(file)).map((file) => join('..', file));
  writeFileSync(
    config,
    JSON.stringify({ extends: '../tsconfig.base.json', compilerOptions: { ...compilerOptions, ...lib }, files }),
  );
  expect(await node('node_modules/typescript/bin/tsc', '-p', 'dist/templates.json')).toBe('');
});

test('the suites that judge kinds, forms and tasks find them by their folders', async () => {
  const { numPassedTests, testResults } = await suites(
    'nodes/conformance.test.ts',
    'nodes/examples.test.ts',
    'methods/estimators/estimators.test.ts',
    'methods/tasks/tasks.test.ts',
    '-t',
    String.raw`clean\.clip|prepare\.max-abs|train\.nearest-rows|nearest-rows|interval|deploy\.lines`,
  );
  const passed = testResults.map(({ name, assertionResults }) => [
    name.slice(copy.length).replaceAll('\\', '/').split('/').at(-1),
    assertionResults.some(({ status }) => status === 'passed'),
  ]);
  expect(Object.fromEntries(passed)).toEqual({
    'conformance.test.ts': true,
    'examples.test.ts': true,
    'estimators.test.ts': true,
    'tasks.test.ts': true,
  });
  expect(numPassedTests).toBeGreaterThan(40);
});

test('their own tests pass, and the laws of the tree hold with them', async () => {
  const own = added.filter((file) => file.endsWith('.test.ts'));
  expect(own).toHaveLength(4);
  const laws = [
    'nodes/node-table.test.ts',
    'nodes/find-kinds.test.ts',
    'test/layers.test.ts',
    'test/rooms',
    'test/glossary.test.ts',
  ];
  await suites(...own, ...laws, 'methods/tasks/tasks.test.ts', 'engine/serve/deployments');
});

test('a pipeline of them runs, predicts and is exported by the command', async () => {
  writeFileSync(
    join(workspace, 'line.csv'),
    `x,noise,y\n${Array.from({ length: 60 }, (_, i) => `${i + 0.5},${((i * 37) % 11) + 0.5},${10 * i}`).join('\n')}\n`,
  );
  const nodes = {
    read: { kind: 'read.csv', params: { file: 'line.csv' } },
    split: { kind: 'split.rows', params: { target: 'y', testFraction: 0.2 } },
    clip: { kind: 'clean.clip', params: { columns: { by: 'names', names: ['x'] }, upper: 50 } },
    scale: { kind: 'prepare.max-abs' },
    train: { kind: 'train.nearest-rows', params: { neighbours: 3 } },
    predict: { kind: 'predict.rows' },
    onnx: { kind: 'write.onnx', params: { file: 'line.onnx' } },
  };
  const wires = [
    'read.rows -> split.rows',
    'split.rows -> clip.rows',
    'clip.rows -> scale.rows',
    'scale.rows -> train.rows',
    'train.model -> predict.model',
    'split.rows -> predict.rows',
    'train.model -> onnx.model',
  ];
  writeFileSync(join(workspace, 'line.pipeline.json'), JSON.stringify({ flowyard: 1, nodes, wires }));
  await flowyard('run', 'line.pipeline.json');
  const [model] = (await flowyard('models', '--json'))
    .trim()
    .split('\n')
    .map((line): Record<string, unknown> => JSON.parse(line));
  expect(model).toMatchObject({ task: 'interval' });
  const asked = [3.2, 20, 49.9, 1000];
  writeFileSync(join(workspace, 'ask.csv'), `x,noise\n${asked.map((x) => `${x},5.5`).join('\n')}\n`);
  const predicted = (await flowyard('predict', String(model?.['name']), '--input', 'ask.csv', '--json'))
    .trim()
    .split('\n');
  const answers = predicted.map((line): { prediction: number; lower: number; upper: number } => JSON.parse(line));
  expect(answers).toHaveLength(4);
  for (const { prediction, lower, upper } of answers) {
    expect(lower).toBeLessThanOrEqual(prediction);
    expect(upper).toBeGreaterThanOrEqual(prediction);
  }
  answered = answers;
  // What is clipped to 50 has the neighbours of 50.
  expect(answers[3]?.prediction).toBeGreaterThan(400);
  const column = (values: readonly number[]) => ({ type: 'float64' as const, shape: [4, 1], values });
  const exported = await askOnnxFile(join(workspace, 'line.onnx'), {
    x: column(asked),
    noise: column([5.5, 5.5, 5.5, 5.5]),
  });
  expect(exported.prediction).toEqual(answers.map(({ prediction }) => expect.closeTo(prediction, 9)));
  expect(exported.probabilities).toEqual(answers.flatMap(({ lower, upper }) => [lower, upper]));
});

const outputsOf = (one: (typeof answered)[number] | undefined): unknown => ({
  prediction: one?.prediction,
  probabilities: null,
  lower: one?.lower,
  upper: one?.upper,
});

test('the deployment gives all that the command gives', async () => {
  const [model] = JSON.parse(`[${(await flowyard('models', '--json')).trim().split('\n').join(',')}]`) as Record<
    string,
    string
  >[];
  const key = model?.['key'] ?? '';
  const service = startServiceProcess(
    {
      service: 'lines',
      folder: join(workspace, '.flowyard/store', key.slice(0, 2), key),
      model: 'line',
      version: 1,
      key,
      port: 0,
      anyPort: true,
      token: 'a token',
      settings: { kind: 'lines' },
    },
    {
      command: [process.execPath, join(copy, 'cli/process.ts'), 'service'],
      onRequest: (request) => void reported.push(request.status),
    },
  );
  const reported: number[] = [];
  try {
    const { url } = await service.ready;
    const ask = (token: string) =>
      fetch(url, {
        method: 'POST',
        headers: { Authorization: `Bearer ${token}` },
        body: '{"x":20,"noise":5.5}\n{"x":1000,"noise":5.5}',
      });
    const lines = (await (await ask('a token')).text())
      .trim()
      .split('\n')
      .map((line): unknown => JSON.parse(line));
    expect(lines).toMatchObject([answered[1], answered[3]].map(outputsOf));
    expect((await ask('another')).status).toBe(401);
    await expect.poll(() => reported).toEqual([200, 401]);
  } finally {
    await service.stop();
  }
});

test('no file that was there has changed, but those that are generated', async () => {
  const changed = (await inCopy('git', 'status', '--porcelain', '--untracked-files=all')).split('\n').filter(Boolean);
  const written = changed.map((line) => line.slice(3));
  if (process.env['UPDATE_EXAMPLES'] === '1')
    for (const template of readdirSync(templates))
      for (const file of written.filter((name) => name.endsWith('example.expected.json')))
        if (existsSync(dirname(join(templates, template, file))))
          writeFileSync(join(templates, template, file), readFileSync(join(copy, file)));
  expect(written.toSorted()).toEqual([...added, ...generated].toSorted());
  expect(
    changed
      .filter((line) => !line.startsWith('??'))
      .map((line) => line.slice(3))
      .toSorted(),
  ).toEqual(generated);
});
