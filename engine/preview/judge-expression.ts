/** What a formula field asks while somebody types: which functions there are, and whether the text so far binds. */
import { toProblem } from '../../shared/errors.ts';
import { expression, ref, select, sql, type Sql } from '../../shared/sql.ts';
import { fieldMeta } from '../../shared/spec/fields.ts';
import type { Column } from '../../shared/wires.ts';
import { mayBeAsked } from '../sql/function-names.ts';
import type { PipelineInHand, Planner } from './planner.ts';

/** What is offered is what the judge lets pass. */
export async function functionsOf(planner: Planner): Promise<{ name: string; signature: string; about: string }[]> {
  const { connections } = await planner.plan({
    path: null,
    file: { flowyard: 1, title: '', parameters: {}, nodes: {}, wires: [], groups: {}, notes: {}, layout: {} },
  });
  const rows = await connections.use(false, (db) =>
    db.query(
      `SELECT function_name AS name, any_value(array_to_string(parameters, ', ')) AS given, any_value(return_type) AS gives, coalesce(any_value(description), '') AS about FROM duckdb_functions() WHERE function_type IN ('scalar', 'macro') AND regexp_matches(function_name, '^[a-z][a-z0-9_]*$') GROUP BY 1 ORDER BY 1`,
    ),
  );
  return rows.flatMap((r) => {
    const name = String(r['name']);
    const signature = `${name}(${String(r['given'] ?? '')}) → ${String(r['gives'] ?? '')}`;
    return mayBeAsked(name.toLowerCase()) ? [{ name, signature, about: String(r['about'] ?? '') }] : [];
  });
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
    const field = planned.graph.nodes.get(node)?.spec?.params.shape[param];
    const isQuery = field !== undefined && fieldMeta(field)?.widget === 'sql';
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
