import { relational } from '../../../shared/capabilities.ts';
import { tableOf } from '../../../shared/input.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { textColumnOf } from '../../../shared/kind/fields/text-fields.ts';
import { id, sql, type Sql } from '../../../shared/sql.ts';
import { spec } from './spec.ts';

type Params = ParamsOf<typeof spec>;
type Step = (text: Sql) => Sql;
const replace =
  (pattern: string, by: string): Step =>
  (text) =>
    sql`regexp_replace(${text}, ${pattern}, ${by}, 'g')`;

const unseen = String.raw`[^\P{Cc}\n\t]|[\x{200B}\x{2060}\x{FEFF}\x{00AD}]`;
const entities: readonly Step[] = [
  replace(String.raw`<[a-zA-Z/!][^>]*>`, ' '),
  replace('&nbsp;', ' '),
  replace('&lt;', '<'),
  replace('&gt;', '>'),
  replace('&quot;', '"'),
  replace('&#0*39;|&apos;', "'"),
  replace('&amp;', '&'),
];
const plain: readonly Step[] = [
  replace('[‘’‚‛]', "'"),
  replace('[“”„‟«»]', '"'),
  replace('[‐‑‒–—―]', '-'),
  replace('…', '...'),
];
const address = String.raw`(?i)(?:https?://|www\.)[^\s<>"]+`;
const spaces: readonly Step[] = [
  replace(String.raw`\r\n?`, '\n'),
  replace(String.raw`[\p{Zs}\t\x0B\x0C]+`, ' '),
  replace(' ?\n ?', '\n'),
  replace('\n{3,}', '\n\n'),
  (text) => sql`trim(${text}, ' ' || chr(10))`,
];

/** In the order in which one makes room for the next. */
function stepsOf(p: Params): Step[] {
  return [
    ...(p.unicode ? [(text: Sql) => sql`nfc_normalize(${text})`] : []),
    ...(p.spaces ? spaces.slice(0, 1) : []),
    ...(p.hidden ? [replace(unseen, '')] : []),
    ...(p.tags ? entities : []),
    ...(p.addresses === 'keep' ? [] : [replace(address, p.addresses === 'word' ? '<url>' : '')]),
    ...(p.quotes ? plain : []),
    ...(p.lower ? [(text: Sql) => sql`lower(${text})`] : []),
    ...(p.spaces ? spaces : []),
    ...(p.empty ? [(text: Sql) => sql`nullif(${text}, '')`] : []),
  ];
}

export default relational(spec, {
  sql: ({ inputs, params }) => {
    const rows = tableOf(inputs, 'rows');
    const column = textColumnOf(params.column, rows.columns)?.name;
    if (column === undefined) return sql`SELECT * FROM ${rows.ref}`;
    const cleaned = stepsOf(params).reduce((text, step) => step(text), sql`CAST(${id(column)} AS VARCHAR)`);
    return sql`SELECT * REPLACE (${cleaned} AS ${id(column)}) FROM ${rows.ref}`;
  },
});
