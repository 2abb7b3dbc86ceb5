/** `flowyard nodes`: what a pipeline can be made of. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { makeKindFinder, type FoundKinds } from '../../nodes/find-kinds.ts';
import { loadSpecs } from '../../nodes/runs.ts';
import { largest } from '../../shared/append.ts';
import { fail } from '../../shared/errors.ts';
import { categories, type AnySpec, type Port } from '../../shared/kind/define-spec.ts';
import { fieldMeta } from '../../shared/kind/fields/fields.ts';
import { installFolder } from '../run-environment.ts';
import { printJson, printLines, printTable } from '../print-table.ts';
import { complain } from '../say.ts';
import { commonOptions, UsageError, type Command } from './command.ts';

interface ParameterFacts {
  name: string;
  title: string;
  help: string;
  widget: string;
  default: unknown;
  choices?: Record<string, string>;
  unit?: string;
  /** JSON Schema of the value. */
  schema: unknown;
}

export const nodes: Command = {
  name: 'nodes',
  usage: 'nodes [KIND]',
  about: 'Lists the kinds of node; KIND tells one with its ports, parameters and help, --find looks for one.',
  options: {
    find: {
      type: 'string',
      value: 'PHRASE',
      about: 'Kinds by what people call them ("drop nulls", vlookup, svm), one a line, best first; code 1: none.',
    },
    json: commonOptions['json'] ?? { type: 'boolean', about: '' },
  },
  run: async (input) => {
    const json = input.flag('json');
    const specs = await loadSpecs();
    const phrase = input.text('find');
    if (phrase !== undefined) return findKinds(specs, [phrase, ...input.positionals].join(' ').trim(), json);
    const [kind] = input.positionals;
    if (kind === undefined) {
      const all = [...specs.values()].sort((a, b) => categories.indexOf(a.category) - categories.indexOf(b.category));
      if (json) for (const spec of all) printJson(factsOf(spec));
      else
        printTable(
          ['KIND', 'IN', 'OUT', 'WHAT IT DOES'],
          all.map((spec) => [spec.kind, sayPorts(spec.inputs), sayPorts(spec.outputs), spec.about]),
        );
      return 0;
    }
    const spec = specs.get(kind);
    if (spec === undefined) {
      const near = makeKindFinder(specs.values()).find(kind).kinds.slice(0, 3);
      throw fail('kind.unknown', {
        message: `There is no kind "${kind}".`,
        mend:
          near.length > 0
            ? `Did you mean ${near.map((found) => found.spec.kind).join(' or ')}?`
            : 'flowyard nodes lists them.',
      });
    }
    const help = await readFile(join(installFolder, 'nodes', ...kind.split('.'), 'help.md'), 'utf8').catch(() => null);
    if (json) printJson({ ...factsOf(spec), help });
    else printLines(details(spec, help));
    return 0;
  },
};

/** What is asked for and no kind does is said on standard error, so that standard output has kinds alone. */
function findKinds(specs: ReadonlyMap<string, AnySpec>, phrase: string, json: boolean): number {
  if (phrase === '') throw new UsageError('--find takes a word or a phrase, such as "drop nulls".');
  const { kinds, missing } = makeKindFinder(specs.values()).find(phrase);
  if (missing !== undefined) complain(missing.sentence);
  if (kinds.length === 0) {
    if (missing === undefined)
      complain(
        `No kind of node is called "${phrase}". What none does, SQL or a formula often can: combine.sql, clean.derive.`,
      );
    return 1;
  }
  if (json) for (const [i, found] of kinds.entries()) printJson(foundFacts(found, i + 1, missing));
  else {
    const width = (of: (found: FoundKinds['kinds'][number]) => string): number =>
      largest(kinds.map((k) => of(k).length));
    const [kindWidth, titleWidth] = [width(({ spec }) => spec.kind), width(({ spec }) => spec.title)];
    printLines(
      kinds.map(({ spec, by, found }) =>
        `${spec.kind.padEnd(kindWidth)}  ${spec.title.padEnd(titleWidth)}  ${sayFound[by](found)}`.trimEnd(),
      ),
    );
  }
  return 0;
}
const sayFound: Readonly<Record<FoundKinds['kinds'][number]['by'], (found: string) => string>> = {
  title: () => '',
  kind: () => '',
  about: () => '',
  word: (word) => `also: ${word}`,
  setting: (setting) => `setting: ${setting}`,
  nearest: (what) => `nearest to: ${what}`,
};
/** A line with --json: its form is in `docs/finding-nodes.md`. */
const foundFacts = (
  { spec, score, by, found }: FoundKinds['kinds'][number],
  rank: number,
  missing: FoundKinds['missing'],
) => ({
  rank,
  kind: spec.kind,
  title: spec.title,
  category: spec.category,
  about: spec.about,
  score: Number(score.toFixed(3)),
  by,
  found,
  missing: missing ?? null,
});

const factsOf = (spec: AnySpec) => ({
  kind: spec.kind,
  version: spec.version,
  title: spec.title,
  category: spec.category,
  about: spec.about,
  keywords: spec.keywords,
  inputs: spec.inputs,
  outputs: spec.outputs,
  params: parametersOf(spec),
});

function parametersOf(spec: AnySpec): ParameterFacts[] {
  return Object.entries(spec.params.shape).flatMap(([name, schema]): ParameterFacts[] => {
    if (!(schema instanceof z.ZodType)) return [];
    const meta = fieldMeta(schema);
    if (meta === undefined) return [];
    const { title, help, widget, choices, unit } = meta;
    return [
      {
        name,
        title,
        help,
        widget,
        default: schema.parse(undefined),
        ...(choices === undefined ? {} : { choices }),
        ...(unit === undefined ? {} : { unit }),
        schema: z.toJSONSchema(schema, { unrepresentable: 'any', io: 'input' }),
      },
    ];
  });
}

function details(spec: AnySpec, help: string | null): string[] {
  return [
    `${spec.kind}  ${spec.title}`,
    spec.about,
    '',
    ...portLines('Input', spec.inputs),
    ...portLines('Output', spec.outputs),
    '',
    'Parameters',
    ...parametersOf(spec).flatMap((p) => [
      `  ${p.name} = ${JSON.stringify(p.default)}${p.unit === undefined ? '' : ` ${p.unit}`}  ${p.title}`,
      `      ${p.help}`,
      ...(p.choices === undefined
        ? []
        : [
            `      ${Object.entries(p.choices)
              .map(([value, words]) => `${value}: ${words}`)
              .join('; ')}`,
          ]),
    ]),
    ...(help === null ? [] : ['', ...help.trimEnd().split(/\r?\n/)]),
  ];
}

const portLines = (what: string, ports: Readonly<Record<string, Port>>): string[] =>
  Object.entries(ports).map(
    ([name, port]) =>
      `${what.padEnd(7)}${name}  ${port.title} (${port.wire}${port.optional ? ', optional' : ''}${port.many ? ', several' : ''})`,
  );
const sayPorts = (ports: Readonly<Record<string, Port>>): string =>
  Object.entries(ports)
    .map(([name, port]) => `${name}:${port.wire}${port.optional ? '?' : ''}${port.many ? '*' : ''}`)
    .join(' ') || '–';
