/** Writes `docs/node-kinds.md`, `nodes/heavy-kinds.ts` and `nodes/kind-facts.ts` from what each kind declares: `npm run docs`. A test holds them to the code. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import * as z from 'zod';
import { loadSpecs } from '../nodes/runs.ts';
import { categories, rowsOf, type AnySpec, type IndexedKind, type Port } from '../shared/kind/define-spec.ts';
import { fieldMeta, type FieldMeta } from '../shared/kind/fields/fields.ts';

const page = join(import.meta.dirname, 'node-kinds.md');
const factsModule = join(import.meta.dirname, '..', 'nodes', 'kind-facts.ts');
const heavyModule = join(import.meta.dirname, '..', 'nodes', 'heavy-kinds.ts');

const rowWords = {
  same: 'each row by itself',
  fewer: 'some of the rows',
  more: 'new rows',
  past: 'a row and earlier ones',
  mix: 'rows together',
} as const;
const formWords = {
  relational: 'SQL',
  map: 'a function of a row',
  fitted: 'learns from training rows',
  task: 'a program',
} as const;

/** Text inside a table's cell. */
const cell = (text: string): string => text.replaceAll('|', String.raw`\|`).replaceAll(/\s*\n\s*/g, ' ');
const code = (text: string): string => (text.includes('`') ? text : `\`${text}\``);

function sayPorts(ports: Readonly<Record<string, Port>>): string {
  const said = Object.entries(ports).map(
    ([name, port]) => `${code(name)} (${port.wire}${port.optional ? ', optional' : ''}${port.many ? ', several' : ''})`,
  );
  return said.length === 0 ? 'none' : said.join(', ');
}

function sayDefault(value: unknown): string {
  return value === '' || value === null ? 'empty' : code(JSON.stringify(value));
}

function sayValues(schema: z.ZodType, meta: FieldMeta): string {
  if (meta.choices !== undefined)
    return Object.entries(meta.choices)
      .map(([value, words]) => `${code(value)} ${words}`)
      .join('; ');
  const inner = schema instanceof z.ZodDefault ? schema.unwrap() : schema;
  if (inner instanceof z.ZodArray && meta.widget === 'rules') return `list of { ${keysOf(inner.unwrap()).join(', ')} }`;
  if (inner instanceof z.ZodNumber) {
    const [from, to] = [inner.minValue, inner.maxValue];
    const range =
      from !== null && from > -1e9 && to !== null && to < 1e9
        ? `${from} to ${to}`
        : from !== null && from > -1e9
          ? `at least ${from}`
          : 'number';
    return meta.unit === undefined ? range : `${range} ${meta.unit}`;
  }
  const words: Partial<Record<FieldMeta['widget'], string>> = {
    switch: 'yes or no',
    column: 'a column',
    columns: meta['ordered'] === true ? 'columns in order' : 'a column rule',
    expression: 'an SQL expression',
    sql: 'one SELECT',
    file: meta.folder === true ? 'a folder' : 'a file',
    texts: 'list of texts',
    map: 'name → value',
    multiline: 'text',
    number: 'number or empty',
    secret: 'the name of a secret',
    layers: '`{ preset }` or `{ layers }`',
  };
  return words[meta.widget] ?? 'text';
}

const keysOf = (schema: unknown): string[] =>
  schema instanceof z.ZodObject ? Object.keys(schema.shape).map(code) : [];

function sayKind(spec: AnySpec): string {
  const defaults = spec.params.parse({});
  const rows =
    typeof spec.rows === 'function'
      ? `depends on its parameters (${rowWords[rowsOf(spec, defaults)]} by default)`
      : rowWords[spec.rows];
  const lines = [
    `### ${spec.title} · ${code(spec.kind)}`,
    '',
    spec.about,
    '',
    `Inputs: ${sayPorts(spec.inputs)}. Outputs: ${sayPorts(spec.outputs)}. Works on ${rows}; ${formWords[spec.form]}${spec.pure ? '' : '; never taken from the cache'}.`,
    '',
  ];
  const params = Object.entries(spec.params.shape);
  if (params.length === 0) return [...lines, 'No parameters.', ''].join('\n');
  lines.push('| parameter | meaning | values | default |', '| --- | --- | --- | --- |');
  for (const [name, schema] of params) {
    if (!(schema instanceof z.ZodType)) continue;
    const meta = fieldMeta(schema);
    if (meta !== undefined)
      lines.push(
        `| ${code(name)} | **${cell(meta.title)}.** ${cell(meta.help)} | ${cell(sayValues(schema, meta))} | ${cell(sayDefault(defaults[name]))} |`,
      );
  }
  return [...lines, ''].join('\n');
}

export async function nodeTable(): Promise<string> {
  const specs = [...(await loadSpecs()).values()];
  const parts = categories.flatMap((category) => {
    const kinds = specs.filter((spec) => spec.category === category);
    return kinds.length === 0
      ? []
      : [`## ${category.charAt(0).toUpperCase()}${category.slice(1)}`, '', ...kinds.map(sayKind)];
  });
  const contents = categories.flatMap((category) => {
    const kinds = specs.filter((spec) => spec.category === category);
    return kinds.length === 0 ? [] : [`| ${category} | ${kinds.map((spec) => code(spec.kind)).join(', ')} |`];
  });
  return [
    '# Node kinds',
    '',
    'Made from the kinds’ declarations by `npm run docs`; do not edit. A kind’s own page is its `help.md`. In a pipeline file only the parameters that differ from their default are written.',
    '',
    '| category | kinds |',
    '| --- | --- |',
    ...contents,
    '',
    ...parts,
  ].join('\n');
}

/** The kinds that declare `heavy`, as a module that loads no spec. */
export async function heavyKindsModule(): Promise<string> {
  const kinds = [...(await loadSpecs()).values()].flatMap((spec) => (spec.heavy === true ? [`  '${spec.kind}',`] : []));
  return [
    '/** Made by `npm run docs` from what the kinds declare: those that one run at a time may compute. */',
    'export const heavyKinds: ReadonlySet<string> = new Set([',
    ...kinds,
    ']);',
    '',
  ].join('\n');
}

/** What the first screen needs of each kind, as a module that loads no spec. */
export async function kindFactsModule(): Promise<string> {
  const kinds = [...(await loadSpecs()).values()].map((spec): IndexedKind => {
    const { kind, version, title, category, icon, inputs, outputs } = spec;
    const settings = Object.entries(spec.params.shape).flatMap(([param, schema]) => {
      const name = fieldMeta(schema)?.title;
      return name === undefined ? [] : [[param, name]];
    });
    return { kind, version, title, category, icon, inputs, outputs, settings: Object.fromEntries(settings) };
  });
  return [
    '/** Made by `npm run docs` from what the kinds declare: what the first screen needs of them, before their specs are loaded. */',
    "import type { IndexedKind } from '../shared/kind/define-spec.ts';",
    '',
    'const kinds: readonly IndexedKind[] = [',
    ...kinds.map((kind) => `  ${JSON.stringify(kind)},`),
    '];',
    'export const kindFacts: ReadonlyMap<string, IndexedKind> = new Map(kinds.map((kind) => [kind.kind, kind]));',
    '',
  ].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(page, await nodeTable());
  writeFileSync(heavyModule, await heavyKindsModule());
  writeFileSync(factsModule, await kindFactsModule());
}
