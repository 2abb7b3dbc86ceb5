/**
 * What a person typed is judged by DuckDB's own parser before it runs: one SELECT or one expression, only over its named inputs, nothing that reads
 * files or settings, nothing whose value differs from run to run.
 */
import { fail } from '../../shared/errors.ts';
import type { Sql, TypedText } from '../../shared/sql.ts';
import type { Database } from '../table/database.ts';
import { asRecord, asRecords, isRecord, type TreeTools } from '../../shared/table/parse-tree.ts';
import type { Column } from '../../shared/wires.ts';
import { aggregateFunctions, bareWords } from './function-names.ts';
import { fold, TreeJudge } from './judge-tree.ts';
import { parseSelect, writeSelect } from './parse-select.ts';

export class SqlJudge {
  readonly #database: Database;
  readonly #passed = new Set<string>();

  constructor(database: Database) {
    this.#database = database;
  }

  /** @param inputs the names of the tables that may be read, each with its columns */
  async judge(fragment: Sql, inputs: ReadonlyMap<string, { columns: readonly Column[] }>): Promise<void> {
    const named = new Map([...inputs].map(([name, { columns }]) => [name, columns.map((column) => column.name)]));
    for (const typed of fragment.typed) await this.#judgeText(typed, named);
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

  async #judgeText(typed: TypedText, inputs: ReadonlyMap<string, readonly string[]>): Promise<void> {
    const known = JSON.stringify([typed.form, [...inputs].map(knownBy), typed.known?.filter(isBareWord), typed.text]);
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
    const judge = new TreeJudge(typed.param, [...inputs.keys()]);
    if (typed.form === 'select') judge.judge(statements[0], inputs);
    else judge.judgeExpression(onlyExpression(statements[0], place), [...inputs.values(), typed.known ?? []].flat());
    this.#passed.add(known);
  }
}

/** Of an input all that the judgement hangs on: its name, and where its columns could be taken for a function. */
const knownBy = ([name, columns]: readonly [string, readonly string[]]): unknown[] => [
  name,
  ...columns.flatMap((column, i) => (isBareWord(column) ? [i, column] : [])),
];
const isBareWord = (name: string): boolean => bareWords.has(fold(name));

/** What else a SELECT may hold: an expression that closes its own parenthesis could bring it. */
const otherParts = 'cte_map modifiers where_clause group_expressions group_sets having sample qualify'.split(' ');

function onlyExpression(statement: unknown, place: { param: string }): unknown {
  const node = asRecord(asRecord(statement)['node']);
  const from = asRecord(node['from_table'])['type'] ?? 'EMPTY';
  const list = asRecords(node['select_list']);
  if (
    node['type'] !== 'SELECT_NODE' ||
    from !== 'EMPTY' ||
    list.length !== 1 ||
    otherParts.some((part) => holdsSomething(node[part]))
  )
    throw fail('sql.not-an-expression', {
      message: 'This is more than one expression.',
      mend: 'Write a single expression over the columns.',
      ...place,
    });
  if (hasSubquery(list[0]))
    throw fail('sql.subquery', {
      message: 'An expression may not hold a query of its own.',
      mend: 'Use the SQL node for that.',
      ...place,
    });
  return list[0];
}

const holdsSomething = (part: unknown): boolean =>
  Array.isArray(part)
    ? part.length > 0
    : isRecord(part) && ('class' in part || 'sample_size' in part || holdsSomething(part['map']));
const hasSubquery = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.some(hasSubquery)
    : isRecord(value) && (value['class'] === 'SUBQUERY' || Object.values(value).some(hasSubquery));
