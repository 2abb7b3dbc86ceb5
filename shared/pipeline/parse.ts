/** Text to pipeline: every way in which a file can be wrong has a sentence. Nothing is lost: unknown node kinds are kept as they are. */
import { fail, type FlowyardError } from '../errors.ts';
import { jsonFault } from '../json/json-fault.ts';
import { canonicalJson } from './canonical.ts';
import { formatWire, parseWire, pipelineFile, type PipelineFile } from './file.ts';

/** The file format of this version. Older files are brought up by `fileMigrations[n]` (n to n + 1). */
export const fileVersion = 1;
const fileMigrations: Readonly<Record<number, (old: Record<string, unknown>) => Record<string, unknown>>> = {};

export function parsePipeline(text: string, name = 'the pipeline file'): PipelineFile {
  if (text.length > longestPipeline) throw tooLong(name);
  const clean = text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
  if (clean.trim() === '')
    throw fail('pipeline.empty', {
      message: `${name} is empty.`,
      mend: 'Start a new pipeline, or restore the file from git.',
    });
  let json: unknown;
  try {
    json = JSON.parse(clean);
  } catch (cause) {
    throw syntaxError(clean, name, cause);
  }
  refuseWrongShape(clean, name);
  return validate(json, name);
}

export const tooLong = (name: string): FlowyardError =>
  fail('pipeline.too-large', {
    message: `${name} is larger than ${longestPipeline / 2 ** 20} MB, which no pipeline is.`,
    mend: 'Choose a file that ends with .pipeline.json; a table is read by a reader node.',
  });

/** The same for JSON that is already parsed (paste, RPC). */
export function validate(json: unknown, name = 'the pipeline'): PipelineFile {
  if (json === null || typeof json !== 'object' || Array.isArray(json))
    throw fail('pipeline.not-an-object', {
      message: `${name} is not a JSON object.`,
      mend: 'A pipeline file begins with { "flowyard": 1, … }.',
    });
  if (hasReserved(json)) throw reservedName(name);
  let record = { ...json } as Record<string, unknown>;
  const version = record['flowyard'];
  if (version === undefined)
    throw fail('pipeline.no-version', {
      message: `${name} has no "flowyard" version, so it is not a pipeline file.`,
      mend: 'Open a file that Flowyard saved.',
    });
  if (typeof version !== 'number' || !Number.isInteger(version) || version < 1)
    throw fail('pipeline.bad-version', {
      message: `${name} says "flowyard": ${JSON.stringify(version)}, which is no version.`,
      mend: `It should be ${fileVersion}.`,
    });
  if (version > fileVersion)
    throw fail('pipeline.newer', {
      message: `${name} was saved by a newer Flowyard (file version ${version}; this one knows ${fileVersion}).`,
      mend: 'Update Flowyard to open it.',
    });
  for (let v = version; v < fileVersion; v++) record = fileMigrations[v]?.(record) ?? record;
  const parsed = pipelineFile.safeParse(record);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = issue?.path.map(String).join('.') ?? '';
    const said = (issue?.code === 'invalid_key' ? issue.issues[0] : issue)?.message ?? 'unknown';
    throw fail('pipeline.invalid', {
      message: `${name}: ${path ? `"${path}"` : 'the file'} is not valid: ${said}.`,
      mend: 'Correct this place in the file, or restore it from git.',
      ...(issue?.path[0] === 'nodes' && typeof issue.path[1] === 'string' ? { node: issue.path[1] } : {}),
      facts: { path },
    });
  }
  refuseBrokenWires(parsed.data, name);
  return parsed.data;
}

function refuseBrokenWires(file: PipelineFile, name: string): void {
  const seen = new Set<string>();
  for (const text of file.wires) {
    const { from, to } = parseWire(text);
    for (const end of [from, to])
      if (!Object.hasOwn(file.nodes, end.node))
        throw fail('pipeline.wire-to-nowhere', {
          message: `${name}: the wire "${text}" names the node "${end.node}", which is not in the file.`,
          mend: 'Remove the wire, or restore the node.',
        });
    if (seen.has(text))
      throw fail('pipeline.duplicate-wire', {
        message: `${name}: the wire "${text}" stands twice.`,
        mend: 'Remove one of the two lines.',
      });
    seen.add(text);
  }
}

/** What parses and copies objects leaves it out without a word. */
const reserved = '__proto__';
const reservedName = (name: string, line?: number): FlowyardError =>
  fail('pipeline.reserved-name', {
    message: `${name}${line === undefined ? '' : `, line ${line}`}: "${reserved}" is a name that JavaScript keeps for itself, so nothing can be kept under it.`,
    mend: 'Give it another name.',
    facts: { ...(line === undefined ? {} : { line }), key: reserved },
  });
function hasReserved(json: unknown): boolean {
  const open: unknown[] = [json];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (value === null || typeof value !== 'object') continue;
    if (Object.hasOwn(value, reserved)) return true;
    for (const inner of Object.values(value)) if (inner !== null && typeof inner === 'object') open.push(inner);
  }
  return false;
}

/** More than any pipeline, and little enough for every program that reads one. */
export const longestPipeline = 64 * 2 ** 20;
/** Settings are a few levels deep: what walks through them may call itself once a level. */
const deepest = 200;

/**
 * JSON.parse keeps the last of two equal keys and loses the first in silence: a merge can leave such a file. It also reads what is nested a million times, which
 * nothing after it could. Walks through the text, since neither stands in what was parsed, and without calling itself.
 * @param text valid JSON
 */
function refuseWrongShape(text: string, name: string): void {
  const stack: (Set<string> | null)[] = [];
  const lineAt = (place: number): number => {
    let line = 1;
    for (let at = text.indexOf('\n'); at >= 0 && at < place; at = text.indexOf('\n', at + 1)) line += 1;
    return line;
  };
  for (let i = 0; i < text.length; i++) {
    const letter = text[i];
    if (letter === '{' || letter === '[') {
      stack.push(letter === '{' ? new Set() : null);
      if (stack.length > deepest)
        throw fail('pipeline.too-deep', {
          message: `${name}, line ${lineAt(i)}: lists and objects stand more than ${deepest} deep in each other.`,
          mend: 'Correct this place in the file, or restore it from git.',
          facts: { line: lineAt(i) },
        });
    } else if (letter === '}' || letter === ']') stack.pop();
    else if (letter === '"') {
      const begin = i;
      i = endOfString(text, i);
      const keys = stack.at(-1);
      if (!keys || !isBeforeColon(text, i)) continue;
      const key: unknown = JSON.parse(text.slice(begin, i + 1));
      if (typeof key !== 'string') continue;
      if (key === reserved) throw reservedName(name, lineAt(begin));
      if (keys.has(key))
        throw fail('pipeline.duplicate-key', {
          message: `${name}, line ${lineAt(begin)}: "${key}" stands twice in the same object.`,
          mend: 'Keep one of the two.',
          facts: { line: lineAt(begin), key },
        });
      keys.add(key);
    }
  }
}

/** @param begin where its first quote stands */
function endOfString(text: string, begin: number): number {
  for (let at = text.indexOf('"', begin + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let escapes = 0;
    while (text[at - 1 - escapes] === '\\') escapes += 1;
    if (escapes % 2 === 0) return at;
  }
  return text.length;
}

function isBeforeColon(text: string, place: number): boolean {
  let at = place + 1;
  while (/\s/.test(text[at] ?? '')) at += 1;
  return text[at] === ':';
}

function syntaxError(text: string, name: string, cause: unknown): FlowyardError {
  const conflict = text.split('\n').findIndex((line) => /^(<{7}|={7}|>{7})/.test(line));
  if (conflict >= 0)
    return fail(
      'pipeline.merge-conflict',
      {
        message: `${name}, line ${conflict + 1}: git left a merge conflict in the file.`,
        mend: 'Resolve the conflict and remove the marker lines.',
        facts: { line: conflict + 1 },
      },
      { cause },
    );
  const { line, reason, breaksOff } = jsonFault(text, cause);
  if (!breaksOff && !/^\s*[{[]/.test(text))
    return fail(
      'pipeline.not-json',
      {
        message: `${name} is not a pipeline file: a pipeline is JSON, and this begins with “${text.trim().split('\n', 1)[0]?.slice(0, 20)}”.`,
        mend: 'Choose a file that ends with .pipeline.json; a table is read by a reader node.',
        facts: { line },
      },
      { cause },
    );
  return fail(
    'pipeline.not-json',
    {
      message: `${name}, line ${line}: this is not valid JSON (${reason}).`,
      mend: 'Correct the line, or restore the file from git.',
      facts: { line },
    },
    { cause },
  );
}

/**
 * The canonical text: keys sorted, one node, one wire, one position a line, layout last, a newline at the end.
 * `formatPipeline(parsePipeline(text)) === text` for every file that Flowyard saved.
 */
export function formatPipeline(file: PipelineFile): string {
  const block = (entries: readonly (readonly [string, string])[], open: string, close: string): string =>
    entries.length === 0
      ? `${open}${close}`
      : `${open}\n${entries.map(([key, value]) => `    ${key ? `${key}: ` : ''}${value}`).join(',\n')}\n  ${close}`;
  const record = (value: Record<string, unknown>): string =>
    block(
      Object.keys(value)
        .sort(compareKeys)
        .map((key) => [JSON.stringify(key), canonicalJson(value[key], nodeKeyOrder)] as const),
      '{',
      '}',
    );
  const wires = file.wires.map((w) => formatWire(parseWire(w))).sort(compareKeys);
  const parts: [string, string][] = [
    ['flowyard', '1'],
    ['title', JSON.stringify(file.title)],
  ];
  if (file.description !== undefined) parts.push(['description', JSON.stringify(file.description)]);
  parts.push(
    ['parameters', record(file.parameters)],
    ['nodes', record(file.nodes)],
    [
      'wires',
      block(
        wires.map((w) => ['', JSON.stringify(w)] as const),
        '[',
        ']',
      ),
    ],
    ['groups', record(file.groups)],
    ['notes', record(file.notes)],
    ['layout', record(file.layout)],
  );
  return `{\n${parts.map(([key, value]) => `  "${key}": ${value}`).join(',\n')}\n}\n`;
}

/** What a reader wants first in a node comes first; everything else is sorted. */
const nodeKeyOrder: readonly string[] = ['kind', 'version', 'title', 'type', 'disabled', 'note'];
const compareKeys = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
