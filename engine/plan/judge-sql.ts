/**
 * What a person typed is judged by DuckDB's own parser before it runs: one SELECT or one expression, only over its named inputs, nothing that reads
 * files or settings, nothing whose value differs from run to run.
 */
import { fail } from '../../shared/errors.ts';
import type { Sql, TypedText } from '../../shared/sql.ts';
import type { Database } from '../table/database.ts';
import { isRecord, type TreeTools } from '../../shared/parse-tree.ts';
import type { Column } from '../../shared/wires.ts';
import { endlessName } from './endless-recursion.ts';
import { aggregateFunctions, volatileFunctions } from './function-names.ts';
import { parseSelect, writeSelect } from './parse-select.ts';

/** Stable within a query, different between runs. */
const clocks = new Set([
  'now',
  'today',
  'current_date',
  'current_time',
  'current_timestamp',
  'get_current_timestamp',
  'get_current_time',
  'transaction_timestamp',
  'localtime',
  'localtimestamp',
  'current_localtime',
  'current_localtimestamp',
  'txid_current',
]);
/** Words that SQL reads as a clock where no column has that name. */
const clockWords = new Set(['current_date', 'current_time', 'current_timestamp', 'localtime', 'localtimestamp']);
const outside = new Set([
  'getenv',
  'current_setting',
  'getvariable',
  'read_text',
  'read_blob',
  'read_csv',
  'read_csv_auto',
  'read_json',
  'read_json_auto',
  'read_ndjson',
  'read_ndjson_auto',
  'read_parquet',
  'parquet_scan',
  'glob',
  'sniff_csv',
  'query',
  'query_table',
  'getpid',
  'current_user',
  'current_database',
  'version',
  'pg_size_pretty',
  'which_secret',
  'nextval',
  'currval',
]);
const tableFunctions = new Set(['unnest', 'range', 'generate_series', 'json_each', 'json_tree']);

export class SqlJudge {
  readonly #database: Database;
  readonly #passed = new Set<string>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** @param inputs the names of the tables that may be read, each with its columns */
  async judge(fragment: Sql, inputs: ReadonlyMap<string, { columns: readonly Column[] }>): Promise<void> {
    const columns = [...inputs.values()].flatMap((input) => input.columns.map(({ name }) => name.toLowerCase()));
    const clocksHere = [...clockWords].filter((word) => !columns.includes(word));
    for (const typed of fragment.typed) await this.#judgeText(typed, [...inputs.keys()], clocksHere);
  }

  /** DuckDB's own tree of one statement. */
  async parse(statement: string): Promise<unknown> {
    return parseSelect(this.#database, statement);
  }

  readonly tools: TreeTools = {
    parse: (statement) => this.parse(statement),
    write: (tree) => writeSelect(this.#database, tree),
    aggregates: aggregateFunctions,
  };

  async #judgeText(typed: TypedText, inputs: readonly string[], clocksHere: readonly string[]): Promise<void> {
    const known = `${typed.form}|${inputs.join()}|${clocksHere.join()}|${typed.text}`;
    if (this.#passed.has(known)) return;
    const place = { param: typed.param };
    if (typed.text.trim() === '')
      throw fail('sql.empty', {
        message: typed.form === 'select' ? 'The query is empty.' : 'The expression is empty.',
        mend: 'Write it, or remove it.',
        ...place,
      });
    const statement = typed.form === 'select' ? typed.text : `SELECT (${typed.text}\n)`;
    const tree = await this.parse(statement);
    if (isRecord(tree) && tree['error'] === true) {
      const said = String(tree['error_message'] ?? '');
      if (/only select statements/i.test(said))
        throw fail('sql.not-a-select', {
          message: 'Only one SELECT may stand here.',
          mend: 'Write a SELECT over the inputs.',
          ...place,
        });
      throw fail('sql.syntax', {
        message: `The ${typed.form === 'select' ? 'query' : 'expression'} cannot be read: ${said}.`,
        mend: said.includes('near') ? 'Correct it where it says “near”.' : 'Complete it.',
        ...place,
      });
    }
    const statements = isRecord(tree) && Array.isArray(tree['statements']) ? tree['statements'] : [];
    if (statements.length !== 1)
      throw fail('sql.not-one', {
        message: 'Only one statement may stand here.',
        mend: 'Remove all but one, and the semicolons.',
        ...place,
      });
    if (typed.form === 'expression') refuseMoreThanExpression(statements[0], place);
    const ctes = new Set<string>();
    visit(statements[0], (node) => {
      if (Array.isArray(node['map']) || isRecord(node['cte_map']))
        for (const name of cteNames(node)) ctes.add(name.toLowerCase());
    });
    const named = new Set(inputs.map((i) => i.toLowerCase()));
    // Whoever takes some rows of an endless query stops it.
    const hasLimit = JSON.stringify(statements[0]).includes('"LIMIT_');
    visit(statements[0], (node) => {
      const endless = hasLimit ? undefined : endlessName(node);
      if (endless !== undefined)
        throw fail('sql.endless', {
          message: `"${endless}" adds rows to itself and never comes to an end.`,
          mend: 'Let the part behind UNION ALL end, by a WHERE such as  WHERE n < 100 .',
          ...place,
        });
      const type = node['type'];
      if (type === 'BASE_TABLE') {
        const name = String(node['table_name'] ?? '');
        if (!named.has(name.toLowerCase()) && !ctes.has(name.toLowerCase()))
          throw fail('sql.unknown-table', {
            message: `The query reads "${name}", which is not one of its inputs.`,
            mend: inputs.length > 0 ? `Its inputs are ${inputs.join(', ')}.` : 'It has no inputs.',
            ...place,
          });
        if (String(node['schema_name'] ?? '') !== '')
          throw fail('sql.unknown-table', {
            message: `The query reads "${String(node['schema_name'])}.${name}", which is not one of its inputs.`,
            mend: `Its inputs are ${inputs.join(', ')}.`,
            ...place,
          });
      }
      if (type === 'TABLE_FUNCTION') {
        const name = isRecord(node['function']) ? String(node['function']['function_name'] ?? '').toLowerCase() : '';
        if (!tableFunctions.has(name)) throw fileFunction(name, place);
      }
      if (isRecord(node['sample']) && node['sample']['seed'] === -1)
        throw fail('sql.volatile', {
          message: 'SAMPLE takes other rows at each run, so a result could not be repeated.',
          mend: 'Use the Sample node, or TABLESAMPLE … REPEATABLE (1).',
          ...place,
        });
      const word = clockWordOf(node);
      if (word !== undefined && clocksHere.includes(word)) throw volatile(word, clockMend, place);
      const name = typeof node['function_name'] === 'string' ? node['function_name'].toLowerCase() : undefined;
      if (name === undefined) return;
      if (outside.has(name)) throw fileFunction(name, place);
      // From one time it counts to today.
      const counts = name === 'age' && Array.isArray(node['children']) && node['children'].length === 1;
      if (counts || clocks.has(name)) throw volatile(`${name}()`, clockMend, place);
      if (volatileFunctions.has(name))
        throw volatile(
          `${name}()`,
          name.includes('uuid')
            ? 'Use hash(…) of the columns that name a row instead.'
            : 'Use hash(…) of a column with a seed instead.',
          place,
        );
    });
    this.#passed.add(known);
  }
}

const clockMend = 'Use a run parameter for the time.';
const volatile = (what: string, mend: string, place: { param: string }) =>
  fail('sql.volatile', {
    message: `${what} gives another value at each run, so a result could not be repeated.`,
    mend,
    ...place,
  });

/** A bare word in the place of a column: the tree does not tell it from a clock. */
function clockWordOf(node: Record<string, unknown>): string | undefined {
  const names = node['class'] === 'COLUMN_REF' ? node['column_names'] : undefined;
  const [name, ...more] = Array.isArray(names) ? names : [];
  return typeof name === 'string' && more.length === 0 ? name.toLowerCase() : undefined;
}

const fileFunction = (name: string, place: { param: string }) =>
  fail('sql.reaches-outside', {
    message: `${name}() reaches outside the pipeline (files, settings or other tables), which SQL may not do.`,
    mend: 'Read the file with a reader node and wire it here.',
    ...place,
  });

function refuseMoreThanExpression(statement: unknown, place: { param: string }): void {
  const node = isRecord(statement) && isRecord(statement['node']) ? statement['node'] : undefined;
  const from = node && isRecord(node['from_table']) ? node['from_table']['type'] : 'EMPTY';
  const list = node && Array.isArray(node['select_list']) ? node['select_list'] : [];
  if (node?.['type'] !== 'SELECT_NODE' || from !== 'EMPTY' || list.length !== 1 || isRecord(node['where_clause']))
    throw fail('sql.not-an-expression', {
      message: 'This is more than one expression.',
      mend: 'Write a single expression over the columns.',
      ...place,
    });
  visit(list[0], (n) => {
    if (n['class'] === 'SUBQUERY')
      throw fail('sql.subquery', {
        message: 'An expression may not hold a query of its own.',
        mend: 'Use the SQL node for that.',
        ...place,
      });
  });
}

function cteNames(node: Record<string, unknown>): string[] {
  const map = isRecord(node['cte_map']) ? node['cte_map']['map'] : undefined;
  return Array.isArray(map)
    ? map.flatMap((entry: unknown) => (isRecord(entry) && typeof entry['key'] === 'string' ? [entry['key']] : []))
    : [];
}

function visit(value: unknown, see: (node: Record<string, unknown>) => void): void {
  if (Array.isArray(value)) for (const item of value) visit(item, see);
  else if (isRecord(value)) {
    see(value);
    for (const item of Object.values(value)) visit(item, see);
  }
}
