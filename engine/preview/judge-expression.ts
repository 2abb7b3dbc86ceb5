/** What a formula field asks while somebody types: which functions there are, and whether the text so far binds. */
import { toProblem } from '../../shared/errors.ts';
import { expression, ref, select, sql, type Sql } from '../../shared/sql.ts';
import type { Column } from '../../shared/wires.ts';
import type { PipelineInHand, Planner } from './planner.ts';

export async function functionsOf(planner: Planner): Promise<{ name: string; signature: string; about: string }[]> {
  const { connections } = await planner.plan({
    path: null,
    file: { flowyard: 1, title: '', parameters: {}, nodes: {}, wires: [], groups: {}, notes: {}, layout: {} },
  });
  const rows = await connections.use(false, (db) =>
    db.query(
      `SELECT function_name AS name, any_value(array_to_string(parameters, ', ')) AS given, any_value(return_type) AS gives, coalesce(any_value(description), '') AS about FROM duckdb_functions() WHERE function_type IN ('scalar', 'macro') AND stability IS DISTINCT FROM 'VOLATILE' AND regexp_matches(function_name, '^[a-z][a-z0-9_]*$') AND NOT starts_with(function_name, '__') GROUP BY 1 ORDER BY 1`,
    ),
  );
  return rows.map((r) => ({
    name: String(r['name']),
    signature: `${String(r['name'])}(${String(r['given'] ?? '')}) → ${String(r['gives'] ?? '')}`,
    about: String(r['about'] ?? ''),
  }));
}

export async function judgeExpression(
  planner: Planner,
  pipeline: PipelineInHand,
  node: string,
  param: string,
  text: string,
) {
  const planned = await planner.plan(pipeline);
  const checked = await planner.check(pipeline, planned);
  const inputs = [...(planned.graph.nodes.get(node)?.inputs ?? [])].flatMap(([port, sources]) =>
    sources.flatMap((s) => ({ port, schema: checked.schemas.get(`${s.node}.${s.port}`) })),
  );
  const columns: Column[] = inputs.flatMap((i) => i.schema?.columns ?? []);
  try {
    const isQuery = /^\s*(with|select|from)\b/i.test(text);
    const fragment: Sql = isQuery ? select(text, param) : expression(text, param);
    await planned.composer.judge.judge(
      fragment,
      new Map(inputs.map((i) => [i.port, { columns: i.schema?.columns ?? [] }])),
    );
    const type = isQuery
      ? null
      : ((await planned.composer.binder.columns(withRows(fragment), [{ ref: 'rows', columns, hidden: [] }]))[0]?.type ??
        null);
    return { type, problem: null };
  } catch (thrown) {
    return { type: null, problem: { ...toProblem(thrown), node, param } };
  }
}
const withRows = (fragment: Sql): Sql => sql`SELECT ${fragment} AS value FROM ${ref('rows')}`;
