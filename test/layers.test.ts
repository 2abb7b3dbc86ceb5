import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const rooms = ['shared', 'methods', 'nodes', 'engine', 'renderer', 'electron', 'cli', 'test'];

/** Files of `methods/` that may use Node: they carry a method into a worker or a file, and say so in their name. */
const adapters = /^methods\/.*(worker|node)[\w-]*\.ts$/;

interface Law {
  /** Which files it is about; the first law that matches judges. */
  of: RegExp;
  /** Which files of ours they may import, by path; `$folder` is the importing file's own. */
  files: RegExp;
  /** Which packages and Node modules. */
  packages: RegExp;
}

const anything = /./;
const laws: Law[] = [
  { of: /^shared\//, files: /^shared\//, packages: /^zod$/ },
  { of: /^nodes\/(.*\/spec|specs|kind-facts)\.ts$/, files: /^shared\/|^\$folder\/(?!run\.ts)/, packages: /^zod$/ },
  { of: /^nodes\//, files: /^(shared|methods)\/|^\$folder\//, packages: anything },
  { of: adapters, files: /^(shared|methods)\//, packages: anything },
  { of: /^methods\//, files: /^(shared|methods)\//, packages: /^(zod|onnx-buf|@huggingface\/jinja|tinyld)$/ },
  { of: /^engine\//, files: /^(shared|methods|engine)\//, packages: /^(?!react|electron)/ },
  {
    of: /^renderer\/src\//,
    files: /^(shared|renderer)\/|^nodes\/(specs|kind-facts|find-[a-z]+)\.ts$/,
    packages: /^(?!node:|electron|better-sqlite3|@duckdb|onnxruntime-node|ws$)/,
  },
  { of: /^cli\//, files: /^(shared|methods|engine|nodes|cli)\//, packages: /^(?!react|electron)/ },
  { of: /^electron\//, files: /^(shared|methods|engine|nodes|cli|electron)\//, packages: /^(?!react)/ },
];

const isTest = (file: string): boolean => /\.(test|spec)\.tsx?$/.test(file) || file.startsWith('test/');

const sources = rooms.flatMap((room) =>
  readdirSync(join(root, room), { recursive: true, encoding: 'utf8' })
    .map((name) => `${room}/${name.replaceAll('\\', '/')}`)
    .filter((name) => /\.tsx?$/.test(name) && !/\.as\.ts$|(^|\/)(node_modules|fixtures)\//.test(name)),
);

const importsOf = (file: string): string[] =>
  [...readFileSync(join(root, file), 'utf8').matchAll(/(?:^|[\s;}])(?:from|import)\s*\(?\s*['"]([^'",\n$]+)['"]/g)].map(
    (match) => match[1] ?? '',
  );

function judge(file: string, imported: string): string | undefined {
  const law = laws.find(({ of }) => of.test(file));
  if (!law || isTest(file)) return undefined;
  if (!imported.startsWith('.')) return law.packages.test(imported) ? undefined : `${file} may not import ${imported}`;
  const target = normalize(join(dirname(file), imported)).replaceAll('\\', '/');
  const own = target.startsWith(`${dirname(file)}/`) ? target.replace(dirname(file), '$folder') : target;
  const allowed = !isTest(target) && (law.files.test(target) || law.files.test(own));
  return allowed ? undefined : `${file} may not import ${target}`;
}

test('every import keeps to the layers of docs/architecture.md', () => {
  expect(sources.flatMap((file) => importsOf(file).flatMap((imported) => judge(file, imported) ?? []))).toEqual([]);
});

test('the law is not asleep', () => {
  const forbidden: [string, string][] = [
    ['shared/wires.ts', 'node:fs'],
    ['nodes/clean/filter/spec.ts', './run.ts'],
    ['nodes/clean/filter/run.ts', '../select/run.ts'],
    ['nodes/clean/filter/run.ts', '../../../engine/table/database.ts'],
    ['methods/linear/fit-linear.ts', 'node:fs'],
    ['engine/plan/plan.ts', '../../nodes/runs.ts'],
    ['engine/plan/plan.ts', '../../test/support/bench.ts'],
    ['renderer/src/main.tsx', '../../nodes/runs.ts'],
    ['renderer/src/main.tsx', '../../engine/plan/plan.ts'],
    ['cli/main.ts', '../renderer/src/main.tsx'],
  ];
  expect(forbidden.filter(([file, imported]) => judge(file, imported) === undefined)).toEqual([]);
});

test('the engine asks a kind for its facts and a task’s folder for its meaning, not which category or task it is', () => {
  const asks = /\bcategory\b\s*[!=]==|\btask\s*[!=]==\s*'/;
  const asking = readdirSync(join(root, 'engine'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'))
    .filter((name) => asks.test(readFileSync(join(root, 'engine', name), 'utf8')));
  expect(asking).toEqual([]);
  expect(
    [`spec?.category === 'split'`, `model.task !== 'regression'`, 'spec.marksRows'].map((t) => asks.test(t)),
  ).toEqual([true, true, false]);
});
