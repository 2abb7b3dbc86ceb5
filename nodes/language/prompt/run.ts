import { relational, type RelationalContext, type TableRef } from '../../../shared/capabilities.ts';
import type { ParamsOf } from '../../../shared/kind/define-spec.ts';
import { readTemplate } from '../../../shared/kind/prompt-template.ts';
import { id, join, sql, type Sql } from '../../../shared/sql.ts';
import { spec } from './spec.ts';

type Params = ParamsOf<typeof spec>;

export default relational(spec, {
  varies: () => 'nothing',
  sql: ({ inputs, params: p }: RelationalContext<Params>) => {
    const { rows, examples } = inputs;
    if (rows === undefined) throw new Error('no rows');
    const prompt = p.form === 'conversation' ? conversation(p, examples) : oneText(p, examples);
    return sql`SELECT *, ${prompt} AS ${id(p.output)} FROM ${rows.ref}`;
  },
});

/** `concat` takes a missing value for nothing. */
function filled(template: string): Sql {
  const pieces = readTemplate(template).map(({ text, isColumn }) =>
    isColumn ? sql`CAST(${id(text)} AS VARCHAR)` : sql`${text}`,
  );
  return pieces.length === 0 ? sql`''` : sql`concat(${join(pieces)})`;
}

const message = (role: string, content: Sql): Sql =>
  sql`CAST(json_object('role', ${role}, 'content', ${content}) AS VARCHAR)`;

function conversation(p: Params, examples: TableRef | undefined): Sql {
  const shots =
    examples === undefined
      ? undefined
      : sql`${message('user', filled(p.template))} || ',' || ${message('assistant', answerOf(p))}`;
  const parts = [
    ...(p.system.trim() === '' ? [] : [message('system', filled(p.system))]),
    ...(shots === undefined || examples === undefined ? [] : [drawn(p, examples, shots, ',')]),
    p.image === '' ? message('user', filled(p.template)) : withImage(p),
  ];
  // concat_ws leaves out what is missing: a table of no examples.
  return sql`'[' || concat_ws(',', ${join(parts)}) || ']'`;
}

function withImage(p: Params): Sql {
  const image = id(p.image);
  const content = filled(p.template);
  return sql`CASE WHEN ${image} IS NULL THEN ${message('user', content)} ELSE CAST(json_object('role', 'user', 'content', ${content}, 'images', json_array(${image})) AS VARCHAR) END`;
}

function oneText(p: Params, examples: TableRef | undefined): Sql {
  const gap = '\n\n';
  const parts = [
    ...(p.system.trim() === '' ? [] : [filled(p.system)]),
    ...(examples === undefined
      ? []
      : [drawn(p, examples, sql`concat(${filled(p.template)}, ' ', ${answerOf(p)})`, gap)]),
    filled(p.template),
  ];
  return sql`concat_ws(${gap}, ${join(parts)})`;
}

const answerOf = (p: Params): Sql => sql`coalesce(CAST(${id(p.answer)} AS VARCHAR), '')`;

/** The first few in an order that the seed alone decides: the same for every row, on any number of threads. */
const drawn = (p: Params, examples: TableRef, shot: Sql, gap: string): Sql => sql`(
  SELECT string_agg(shot, ${gap} ORDER BY place, shot)
  FROM (SELECT shot, place FROM (SELECT ${shot} AS shot, md5(${String(p.seed)} || ${shot}) AS place FROM ${examples.ref}) ORDER BY place, shot LIMIT ${p.shots})
)`;
