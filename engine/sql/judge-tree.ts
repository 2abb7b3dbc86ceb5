/**
 * What a person's query reads and asks, over DuckDB's own tree of it. Names of tables are resolved in their scopes as DuckDB's binder does: a WITH is seen by
 * its own query and what stands inside, the later ones see the earlier, none sees itself. What is no input and no WITH in reach would be looked for in
 * DuckDB's catalogs and on disk. Forms, functions and table functions that no list knows are refused by name.
 */
import { append } from '../../shared/append.ts';
import { fail, type FlowyardError } from '../../shared/errors.ts';
import { asRecord, asRecords, asTexts, isRecord, type Tree } from '../../shared/table/parse-tree.ts';
import { nearestName } from '../../shared/spec/columns.ts';
import { endlessName } from './endless-recursion.ts';
import {
  aggregateFunctions,
  bareWords,
  clockFunctions,
  clockWords,
  lambdaFunctions,
  mayBeAsked,
  outsideFunctions,
  plainFunctions,
  tableFunctions,
  volatileFunctions,
} from './function-names.ts';

/** Columns that a table surely has, in order; of one that is not whole, others may stand beside them. */
interface Columns {
  names: readonly string[];
  isWhole: boolean;
}
interface Entry {
  alias: string;
  columns: Columns;
}
type Tables = ReadonlyMap<string, Columns>;
/** What a bare name can be in one place: a column of the tables of its own SELECT, or an item of its list. Not a column further out: DuckDB takes `user` for a function before it looks there. */
interface Place {
  tables: Tables;
  entries: readonly Entry[];
  aliases: readonly string[];
}

const queryNodes = new Set(['SELECT_NODE', 'SET_OPERATION_NODE', 'RECURSIVE_CTE_NODE']);
const expressions = new Set(
  (
    'BETWEEN CASE CAST COLLATE COLUMN_REF COMPARISON CONJUNCTION CONSTANT FUNCTION LAMBDA LAMBDA_REF OPERATOR POSITIONAL_REFERENCE STAR SUBQUERY TYPE ' +
    'WINDOW'
  ).split(' '),
);
/** DuckDB folds the letters A to Z of a name, no others. */
export const fold = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());
const nothing: Columns = { names: [], isWhole: false };

export class TreeJudge {
  readonly #param: string;
  readonly #inputs: readonly string[];
  #hasLimit = false;

  constructor(param: string, inputs: readonly string[]) {
    this.#param = param;
    this.#inputs = inputs;
  }

  /** @param inputs names → the columns of each */
  judge(statement: unknown, inputs: ReadonlyMap<string, readonly string[]>): void {
    // Whoever takes some rows of an endless query stops it.
    this.#hasLimit = JSON.stringify(statement).includes('"LIMIT_');
    const tables = new Map([...inputs].map(([name, names]) => [fold(name), { names, isWhole: true }]));
    this.#query(asRecord(asRecord(statement)['node']), tables);
  }

  /** One expression over the columns of the inputs. */
  judgeExpression(expression: unknown, columns: readonly string[]): void {
    const entries = [{ alias: '', columns: { names: columns, isWhole: true } }];
    this.#expression(expression, { tables: new Map(), entries, aliases: [] });
  }

  #query(node: Tree, tables: Tables): Columns {
    const endless = this.#hasLimit ? undefined : endlessName(node);
    if (endless !== undefined)
      throw this.#refuse('sql.endless', {
        message: `"${endless}" adds rows to itself and never comes to an end.`,
        mend: 'Let the part behind UNION ALL end, by a WHERE such as  WHERE n < 100 .',
      });
    const known = new Map(tables);
    for (const entry of asRecords(asRecord(node['cte_map'])['map'])) {
      const cte = asRecord(entry['value']);
      const made = this.#query(asRecord(asRecord(cte['query'])['node']), known);
      this.#walk(cte['key_targets'], { tables: known, entries: [{ alias: '', columns: made }], aliases: [] });
      known.set(fold(String(entry['key'])), renamed(made, asTexts(cte['aliases'])));
    }
    switch (node['type']) {
      case 'SELECT_NODE':
        return this.#select(node, known);
      case 'SET_OPERATION_NODE':
        return this.#setOperation(node, known);
      case 'RECURSIVE_CTE_NODE': {
        const first = renamed(this.#query(asRecord(node['left']), known), asTexts(node['aliases']));
        this.#query(asRecord(node['right']), new Map(known).set(fold(String(node['cte_name'])), first));
        return first;
      }
      default:
        throw this.#unknownForm(node['type']);
    }
  }

  #setOperation(node: Tree, tables: Tables): Columns {
    const children = node['children'];
    const parts = (Array.isArray(children) ? children : [node['left'], node['right']]).map((part) =>
      this.#query(asRecord(part), tables),
    );
    const [first = nothing] = parts;
    const made =
      node['setop_type'] === 'UNION_BY_NAME' || node['setop_by_name'] === true
        ? { names: parts.flatMap((p) => p.names), isWhole: false }
        : first;
    this.#modifiers(node, { tables, entries: [{ alias: '', columns: made }], aliases: [] });
    return made;
  }

  #select(node: Tree, tables: Tables): Columns {
    const seen = this.#from(asRecord(node['from_table']), tables);
    const bare: Place = { tables, entries: seen, aliases: [] };
    const names: string[] = [];
    let isWhole = true;
    for (const item of asRecords(node['select_list'])) {
      this.#expression(item, { ...bare, aliases: names });
      if (item['class'] !== 'STAR') names.push(nameOf(item));
      else if (item['columns'] === true || isRecord(item['expr'])) isWhole = false;
      else {
        const star = namesOfStar(item, seen);
        append(names, star.names);
        isWhole &&= star.isWhole;
      }
    }
    const named = { ...bare, aliases: names };
    this.#expression(node['where_clause'], named);
    this.#walk(node['group_expressions'], named);
    for (const part of ['having', 'qualify']) this.#expression(node[part], bare);
    this.#modifiers(node, named);
    this.#sample(node['sample']);
    return { names, isWhole };
  }

  /** ORDER BY and DISTINCT ON name items of the list; a LIMIT names none. */
  #modifiers(node: Tree, named: Place): void {
    for (const modifier of asRecords(node['modifiers']))
      this.#walk(modifier, String(modifier['type']).startsWith('LIMIT') ? { ...named, aliases: [] } : named);
  }

  #from(table: Tree, tables: Tables): readonly Entry[] {
    this.#sample(table['sample']);
    const alias = fold(String(table['alias'] ?? ''));
    const only = (columns: Columns, name: string): readonly Entry[] => [
      { alias: alias === '' ? fold(name) : alias, columns: renamed(columns, asTexts(table['column_name_alias'])) },
    ];
    const bare: Place = { tables, entries: [], aliases: [] };
    switch (table['type']) {
      case undefined:
      case 'EMPTY':
        return [];
      case 'BASE_TABLE':
        return only(this.#baseTable(table, tables), String(table['table_name']));
      case 'SUBQUERY':
        return only(this.#query(asRecord(asRecord(table['subquery'])['node']), tables), '');
      case 'SHOW_REF':
        // DESCRIBE and SUMMARIZE of a query; of everything else it tells what is in the catalogs.
        if (!isRecord(table['query'])) throw this.#outside('SHOW', 'SHOW');
        this.#query(table['query'], tables);
        return only(nothing, '');
      case 'EXPRESSION_LIST':
        this.#walk(table['values'], bare);
        return only(nothing, '');
      case 'TABLE_FUNCTION': {
        const call = asRecord(table['function']);
        const name = fold(String(call['function_name'] ?? ''));
        if (!tableFunctions.has(name)) throw this.#outside(`${name}()`, name);
        this.#walk(call['children'], bare);
        return only(nothing, name);
      }
      case 'JOIN': {
        const left = this.#from(asRecord(table['left']), tables);
        const both = [...left, ...this.#from(asRecord(table['right']), tables)];
        this.#expression(table['condition'], { ...bare, entries: both });
        return ['SEMI', 'ANTI'].includes(String(table['join_type'])) ? left : both;
      }
      case 'PIVOT': {
        const entries = this.#from(asRecord(table['source']), tables);
        this.#walk([table['aggregates'], table['pivots'], table['groups']], { ...bare, entries });
        return only(nothing, '');
      }
      default:
        throw this.#unknownForm(table['type']);
    }
  }

  #baseTable(table: Tree, tables: Tables): Columns {
    const name = String(table['table_name'] ?? '');
    const path = [table['catalog_name'], table['schema_name']].filter(
      (part) => typeof part === 'string' && part !== '',
    );
    const found = path.length === 0 ? tables.get(fold(name)) : undefined;
    if (found === undefined)
      throw this.#refuse('sql.unknown-table', {
        message: `The query reads "${[...path, name].join('.')}", which is not one of its inputs.`,
        mend: this.#inputs.length > 0 ? `Its inputs are ${this.#inputs.join(', ')}.` : 'It has no inputs.',
      });
    return found;
  }

  #sample(sample: unknown): void {
    if (isRecord(sample) && sample['seed'] === -1)
      throw this.#refuse('sql.volatile', {
        message: 'SAMPLE takes other rows at each run, so a result could not be repeated.',
        mend: 'Use the Sample node, or TABLESAMPLE … REPEATABLE (1).',
      });
  }

  /** Expressions among whatever holds them: lists, orders, checks of a CASE. */
  #walk(value: unknown, place: Place): void {
    if (Array.isArray(value)) for (const part of value) this.#walk(part, place);
    else if (isRecord(value))
      if (typeof value['class'] === 'string') this.#expression(value, place);
      else if (typeof value['type'] === 'string' && queryNodes.has(value['type'])) this.#query(value, place.tables);
      else for (const part of Object.values(value)) this.#walk(part, place);
  }

  #expression(expression: unknown, place: Place): void {
    if (!isRecord(expression)) return;
    const own = expression['class'];
    if (typeof own !== 'string' || !expressions.has(own)) throw this.#unknownForm(own ?? expression['type']);
    switch (own) {
      case 'COLUMN_REF':
        return this.#word(asTexts(expression['column_names']), place);
      case 'SUBQUERY':
        this.#query(asRecord(asRecord(expression['subquery'])['node']), place.tables);
        return this.#expression(expression['child'], place);
      case 'FUNCTION':
      case 'WINDOW':
        return this.#call(expression, place);
      default:
        for (const part of Object.values(expression)) this.#walk(part, place);
    }
  }

  #call(call: Tree, place: Place): void {
    const name = fold(String(call['function_name'] ?? ''));
    const children = asRecords(call['children']);
    this.#ask(name, children.length);
    // Within an aggregate no item of the list has a name.
    const inner = call['class'] === 'FUNCTION' && aggregateFunctions.has(name) ? { ...place, aliases: [] } : place;
    for (const child of children) {
      if (child['class'] !== 'LAMBDA' || !lambdaFunctions.has(name)) this.#expression(child, inner);
      else {
        const entry = { alias: '', columns: { names: parametersIn(child['lhs']), isWhole: true } };
        this.#expression(child['expr'], { ...inner, entries: [entry, ...inner.entries] });
      }
    }
    for (const [key, part] of Object.entries(call)) if (key !== 'children') this.#walk(part, inner);
  }

  #ask(name: string, given: number): void {
    if (outsideFunctions.has(name)) throw this.#outside(`${name}()`, name);
    // From one time it counts to today.
    if (clockFunctions.has(name) || (name === 'age' && given === 1)) throw this.#volatile(`${name}()`, clockMend);
    if (volatileFunctions.has(name))
      throw this.#volatile(
        `${name}()`,
        name.includes('uuid')
          ? 'Use hash(…) of the columns that name a row instead.'
          : 'Use hash(…) of a column with a seed instead.',
      );
    if (mayBeAsked(name)) return;
    const near = nearestName(name, [...plainFunctions, ...aggregateFunctions]);
    throw this.#refuse('sql.no-function', {
      message: `There is no function "${name}" that a query may ask.`,
      mend: near === undefined ? 'Choose a function from the completion list.' : `Did you mean ${near}?`,
    });
  }

  /** A bare name that no table here has a column for may be a function that is called without parentheses. */
  #word(names: readonly string[], { entries, aliases }: Place): void {
    const word = fold(names[0] ?? '');
    if (names.length !== 1 || !bareWords.has(word)) return;
    const has = (all: readonly string[]): boolean => all.some((name) => fold(name) === word);
    if (has(aliases) || entries.some((entry) => has(entry.columns.names))) return;
    if (clockWords.has(word)) throw this.#volatile(word, `${clockMend} ${columnMend(word)}`);
    throw this.#outside(word, word, columnMend(word));
  }

  #refuse(code: string, { message, mend }: { message: string; mend: string }): FlowyardError {
    return fail(code, { message, mend, param: this.#param });
  }
  #volatile(what: string, mend: string): FlowyardError {
    return this.#refuse('sql.volatile', {
      message: `${what} gives another value at each run, so a result could not be repeated.`,
      mend,
    });
  }
  #outside(what: string, name: string, mend?: string): FlowyardError {
    const reads = /^(read_|parquet|sniff|glob)/.test(name);
    return this.#refuse('sql.reaches-outside', {
      message: `${what} reaches outside the pipeline (files, settings or other tables), which SQL may not do.`,
      mend:
        mend ??
        (reads
          ? 'Read the file with a reader node and wire it here.'
          : 'Wire what it needs here, or use a run parameter.'),
    });
  }
  #unknownForm(form: unknown): FlowyardError {
    return this.#refuse('sql.unknown-form', {
      message: `The query has a part (${String(form)}) that is not judged yet.`,
      mend: 'Write it in another way.',
    });
  }
}

const clockMend = 'Use a run parameter for the time.';
const columnMend = (word: string): string => `Of a column with this name, say the table too: rows.${word} .`;

const renamed = (columns: Columns, aliases: readonly string[]): Columns =>
  aliases.length === 0
    ? columns
    : columns.isWhole
      ? { ...columns, names: columns.names.map((name, i) => aliases[i] ?? name) }
      : { names: aliases, isWhole: false };

function namesOfStar(star: Tree, entries: readonly Entry[]): Columns {
  const table = fold(String(star['relation_name'] ?? ''));
  const from = entries.filter((entry) => table === '' || entry.alias === table);
  const left = new Set(
    [
      ...asTexts(star['exclude_list']),
      ...asRecords(star['qualified_exclude_list']).map((e) => String(e['column'])),
      ...asRecords(star['rename_list']).map((e) =>
        isRecord(e['key']) ? String(e['key']['column']) : String(e['key']),
      ),
    ].map(fold),
  );
  return {
    names: from.flatMap((entry) => entry.columns.names).filter((name) => !left.has(fold(name))),
    // A column that USING joins stands once: where each is, is no longer known.
    isWhole: left.size === 0 && from.length === 1 && from.every((entry) => entry.columns.isWhole),
  };
}

const nameOf = (item: Tree): string => {
  if (typeof item['alias'] === 'string' && item['alias'] !== '') return item['alias'];
  return item['class'] === 'COLUMN_REF' ? (asTexts(item['column_names']).at(-1) ?? '') : '';
};
function parametersIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(parametersIn);
  if (!isRecord(value)) return [];
  if (value['class'] === 'COLUMN_REF') return asTexts(value['column_names']).slice(0, 1);
  return Object.values(value).flatMap(parametersIn);
}
