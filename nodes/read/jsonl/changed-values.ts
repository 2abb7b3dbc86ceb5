/**
 * What the types that DuckDB finds change although they fit: the last digits of long whole numbers, numbers beyond all numbers (both also inside objects and lists), digits
 * behind microseconds, times with a zone beside times without, which would be taken for UTC. The columns are read as JSON, which has them as they stand in the
 * file, but for fractions (`lost-fractions.ts`).
 */
import type { Finding } from '../../../shared/kind/define-spec.ts';
import { sqlType } from '../../../shared/kind/column-types.ts';
import { id, join, literal, raw, type Sql } from '../../../shared/sql.ts';

export interface FoundColumn {
  name: string;
  type: string;
}
interface Kept {
  node: string;
  /** Set by the person. */
  types: Readonly<Record<string, string>>;
}
type Values = Readonly<Record<string, unknown>>;

interface Question {
  name: string;
  /** One value for each, or NULL. */
  asked: readonly string[];
  say: (values: readonly (string | undefined)[]) => Finding[];
}

const example = (text: string, condition: string): string => `left(min(${text}) FILTER (${condition}), 80)`;

function questionOf({ name, type }: FoundColumn, { node, types }: Kept): Question | undefined {
  const value = id(name).render();
  if (type === 'DOUBLE' || /^U?HUGEINT$/.test(type)) {
    const text = `CAST(${value} AS VARCHAR)`;
    const lost = `regexp_full_match(${text}, '-?\\d{16,}') AND (length(${text}) >= 40 OR TRY_CAST(${text} AS HUGEINT) IS DISTINCT FROM TRY_CAST(TRY_CAST(${text} AS DOUBLE) AS HUGEINT))`;
    const beyond = `json_type(${value}) = 'DOUBLE' AND isinf(TRY_CAST(${text} AS DOUBLE))`;
    const set = Object.hasOwn(types, name) ? sqlType(types[name] ?? '') : undefined;
    const isMeant = set !== undefined && (set === 'DOUBLE' || type !== 'DOUBLE');
    return {
      name,
      asked: [example(text, beyond), isMeant ? 'NULL' : example(text, lost)],
      say: ([far, long]) => [
        ...(far === undefined ? [] : [beyondNumbers(name, far)]),
        ...(long === undefined ? [] : [digitsLost(name, long, type === 'DOUBLE' ? undefined : { node, types })]),
      ],
    };
  }
  if (/\b(DOUBLE|U?HUGEINT)\b/.test(type)) return insideOf(name, type);
  if (type === 'TIME') {
    const text = `json_extract_string(${value}, '$')`;
    const finer = `regexp_matches(${text}, ${literal(String.raw`:[0-9]{2}\.[0-9]{6}[0-9]*[1-9]`)})`;
    return {
      name,
      asked: [example(text, finer)],
      say: ([time]) => (time === undefined ? [] : [timeCut(name, time)]),
    };
  }
  if (!type.startsWith('TIMESTAMP')) return undefined;
  const text = `json_extract_string(${value}, '$')`;
  const zoned = String.raw`regexp_matches(${text}, ':.*([Zz]|[+-]\d\d(:?\d\d)?)$')`;
  return {
    name,
    asked: [example(text, zoned), example(text, `NOT ${zoned}`)],
    say: ([one, other]) => (one === undefined || other === undefined ? [] : [zonesMixed(node, name, one, other)]),
  };
}

const strings = literal(String.raw`"(\\.|[^"\\])*"`);
const longWhole = literal(String.raw`(?:^|[:,\[ -])([1-9][0-9]{15,})`);
const farNumber = literal(String.raw`[0-9]+(?:\.[0-9]+)?[eE]\+?[0-9]{3,}|[0-9]{309,}`);

/** Of numbers inside objects and lists: those of 16 digits and more that are not found again in what is made of them. */
function insideOf(name: string, type: string): Question {
  const value = id(name).render();
  const text = `CAST(${value} AS VARCHAR)`;
  const bare = (json: string): string => `regexp_replace(${json}, ${strings}, '""', 'g')`;
  const numbers = (json: string): string => `regexp_extract_all(${bare(json)}, ${longWhole}, 1)`;
  const kept = numbers(`CAST(to_json(TRY_CAST(${value} AS ${type})) AS VARCHAR)`);
  const gone = `list_filter(${numbers(text)}, lambda one: NOT list_contains(${kept}, one))`;
  const far = `list_filter(regexp_extract_all(${bare(text)}, ${farNumber}), lambda one: isinf(TRY_CAST(one AS DOUBLE)))`;
  const few = (list: string, like: string): string =>
    `array_to_string(min(array_to_string(${list}, ' '), 20) FILTER (WHERE regexp_matches(${text}, ${literal(like)})), ' ')`;
  return {
    name,
    asked: [few(far, '[eE][+]?[0-9]{3}|[0-9]{309}'), few(gone, '[1-9][0-9]{15}')],
    say: ([beyond = '', long = '']) => {
      const [first = ''] = beyond.trim().split(' ');
      const lost = long.split(' ').find((one) => one.length < 309 && one !== '' && BigInt(one) !== BigInt(Number(one)));
      return [
        ...(first === '' ? [] : [beyondNumbers(name, first.slice(0, 80))]),
        ...(lost === undefined ? [] : [digitsLost(name, lost, undefined)]),
      ];
    },
  };
}

const timeCut = (name: string, value: string): Finding => ({
  ...digitsLost(name, value, undefined),
  message: `"${name}" has times with more digits than microseconds have, such as ${value}: the last are lost.`,
  // They are cut before a type can be set.
  mend: 'Write them in microseconds in the file, if these digits count.',
});

const beyondNumbers = (name: string, value: string): Finding => ({
  code: 'json.beyond-numbers',
  message: `"${name}" has ${value}, which no number can hold: it would be infinite.`,
  mend: 'Correct the value in the file, or write it as text.',
  param: 'file',
  column: name,
});
const digitsLost = (name: string, value: string, kept: Kept | undefined): Finding => ({
  code: 'json.digits-lost',
  severity: 'warning',
  message: `"${name}" has whole numbers too long for a number, such as ${value}: their last digits are lost.`,
  // Beside fractions they are numbers before a type can be set.
  mend:
    kept === undefined
      ? 'Write them as texts in the file, if they name things.'
      : 'Read the column as text, if it names things.',
  param: 'types',
  column: name,
  ...(kept === undefined
    ? {}
    : {
        fixes: [
          {
            do: 'set',
            title: `Read "${name}" as text`,
            node: kept.node,
            param: 'types',
            value: { ...kept.types, [name]: 'text' },
          },
        ],
      }),
});
const zonesMixed = (node: string, name: string, one: string, other: string): Finding => ({
  code: 'json.zones-mixed',
  message: `"${name}" has times with a zone, such as ${one}, and times without, such as ${other}, which would be taken for UTC.`,
  mend: 'Give each time its zone in the file (Z is UTC), or none of them; or look at the whole file before deciding types: the column is text then.',
  param: 'sampleRows',
  column: name,
  fixes: [{ do: 'set', title: 'Look at the whole file before deciding types', node, param: 'sampleRows', value: 0 }],
});

export interface ChangedValues {
  /** To be read as JSON. */
  columns: readonly string[];
  /** Of one row that aggregates; undefined where nothing is asked. */
  select: Sql | undefined;
  say: (row: Values | undefined) => Finding[];
}

export function askChanged(found: readonly FoundColumn[], kept: Kept): ChangedValues {
  const questions = found.flatMap((column) => questionOf(column, kept) ?? []);
  const named = questions.flatMap(({ asked }, i) => asked.map((one, k) => raw(`${one} AS "${i}/${k}"`)));
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  return {
    columns: questions.map(({ name }) => name),
    select: named.length === 0 ? undefined : join(named),
    say: (row) => questions.flatMap(({ asked, say }, i) => say(asked.map((_, k) => text(row?.[`${i}/${k}`])))),
  };
}
