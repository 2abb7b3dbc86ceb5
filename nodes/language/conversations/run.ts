import { relational } from '../../../shared/capabilities.ts';
import { tableOf } from '../../../shared/input.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { id, join, sql, type Sql } from '../../../shared/sql.ts';
import { spec } from './spec.ts';

type Params = ParamsOf<typeof spec>;

const message = (role: Sql, content: Sql): Sql => sql`json_object('role', ${role}, 'content', ${content})`;
const text = (column: string): Sql => sql`CAST(${id(column)} AS VARCHAR)`;
const systemFirst = ({ system }: Params): Sql[] =>
  system.trim() === '' ? [] : [message(sql`'system'`, sql`${system}`)];

/** The names that chat logs of many makers have for the three. Another name is the person's: whoever asks is the user. */
const role = (speaker: Sql): Sql =>
  sql`CASE WHEN lower(trim(${speaker})) IN ('assistant', 'gpt', 'bot', 'agent', 'model', 'ai', 'chatgpt', 'support') THEN 'assistant' WHEN lower(trim(${speaker})) IN ('system', 'developer') THEN 'system' ELSE 'user' END`;

/** A row without a question, or without an answer where answers are asked for, has no conversation. */
function ofPairs(p: Params, ref: Sql): Sql {
  if (p.user === '') return sql`SELECT *, CAST(NULL AS VARCHAR) AS ${id(p.name)} FROM ${ref}`;
  const asked =
    p.context === '' ? text(p.user) : sql`concat_ws(chr(10) || chr(10), ${text(p.context)}, ${text(p.user)})`;
  const messages = [
    ...systemFirst(p),
    message(sql`'user'`, asked),
    ...(p.assistant === '' ? [] : [message(sql`'assistant'`, text(p.assistant))]),
  ];
  const needed = [p.user, ...(p.assistant === '' ? [] : [p.assistant])].map(
    (column) => sql`nullif(trim(${text(column)}), '') IS NOT NULL`,
  );
  return sql`SELECT *, CASE WHEN ${join(needed, ' AND ')} THEN CAST(to_json([${join(messages)}]) AS VARCHAR) END AS ${id(p.name)} FROM ${ref}`;
}

function ofTurns(p: Params, ref: Sql): Sql {
  if ([p.conversation, p.order, p.speaker, p.content].includes(''))
    return sql`SELECT CAST(NULL AS VARCHAR) AS ${id(p.name)} FROM ${ref} WHERE false`;
  const said = sql`list(${message(role(text(p.speaker)), text(p.content))} ORDER BY ${id(p.order)}, ${text(p.speaker)}, ${text(p.content)}) FILTER (WHERE ${id(p.content)} IS NOT NULL)`;
  const first = systemFirst(p);
  const all = first.length === 0 ? said : sql`list_concat([${join(first)}], ${said})`;
  return sql`SELECT ${id(p.conversation)}, count(*) FILTER (WHERE ${id(p.content)} IS NOT NULL) AS ${id('turns')}, CAST(to_json(${all}) AS VARCHAR) AS ${id(p.name)} FROM ${ref} WHERE ${id(p.conversation)} IS NOT NULL GROUP BY ${id(p.conversation)}`;
}

export default relational(spec, {
  varies: () => 'order',
  sql: ({ inputs, params }) => {
    const rows = tableOf(inputs, 'rows');
    return params.from === 'pairs' ? ofPairs(params, rows.ref) : ofTurns(params, rows.ref);
  },
});
