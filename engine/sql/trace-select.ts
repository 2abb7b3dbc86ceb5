/**
 * Column lineage of one SELECT, from DuckDB's own tree: what each output column is made of, whose rows it belongs to, and whether other rows went into it.
 * Names are resolved in their scopes, as DuckDB does; what cannot be followed (PIVOT, COLUMNS(…)) fails with `Untraceable`, and the caller assumes the worst.
 */
import { append } from '../../shared/append.ts';
import { lookUp, lower, namesIn, Untraceable, type Entry } from './trace-scope.ts';
import { asRecord, asRecords, asTexts, isRecord, type Tree } from '../../shared/table/parse-tree.ts';
import { looksBackBy } from './looks-back.ts';
import {
  constantColumn,
  joinTraced,
  union,
  unionOfChoices,
  unionOfMaps,
  type Choices,
  type Relation,
  type Traced,
} from './traced.ts';

export interface TraceSettings {
  /** Names what mixes rows here. */
  node: string;
  /** Lower case. */
  aggregates: ReadonlySet<string>;
}

interface Scope {
  entries: readonly Entry[];
  rows: ReadonlySet<string>;
  choices?: Choices;
}
type Tables = ReadonlyMap<string, Relation>;

/** @throws Untraceable */
export function traceStatement(tree: unknown, inputs: Tables, settings: TraceSettings): Relation {
  const statement = asRecords(asRecord(tree)['statements'])[0];
  const node = asRecord(statement?.['node']);
  return new Tracer(settings).query(node, new Map([...inputs].map(([name, table]) => [lower(name), table])), []);
}

class Tracer {
  readonly #settings: TraceSettings;
  #groupings = 0;
  #choices = 0;

  constructor(settings: TraceSettings) {
    this.#settings = settings;
  }

  query(node: Tree, tables: Tables, outer: readonly Entry[]): Relation {
    const known = new Map(tables);
    for (const entry of asRecords(asRecord(node['cte_map'])['map'])) {
      const inner = asRecord(asRecord(asRecord(entry['value'])['query'])['node']);
      const table = renamed(this.query(inner, known, outer), asTexts(asRecord(entry['value'])['aliases']));
      known.set(lower(String(entry['key'])), table);
    }
    switch (node['type']) {
      case 'SELECT_NODE':
        return this.#select(node, known, outer);
      case 'SET_OPERATION_NODE':
        return this.#setOperation(node, known, outer);
      default:
        throw new Untraceable(String(node['type']));
    }
  }

  #setOperation(node: Tree, tables: Tables, outer: readonly Entry[]): Relation {
    const left = this.query(asRecord(node['left']), tables, outer);
    const right = this.query(asRecord(node['right']), tables, outer);
    const type = String(node['setop_type']);
    if (type === 'EXCEPT' || type === 'INTERSECT') {
      const by = union([left.rows, right.rows, ...[...left.columns, ...right.columns].map((c) => c.values)]);
      return this.#limited(node, {
        columns: left.columns,
        rows: by,
        // What the other side left out is what this one keeps: a choice of its own.
        choices: this.#chosen(left.choices, by),
      });
    }
    const byName = type === 'UNION_BY_NAME';
    const partner = (c: Traced, i: number): Traced | undefined =>
      byName ? right.columns.find((r) => lower(r.name) === lower(c.name)) : right.columns[i];
    const apart = onlyInOne(left.choices, right.choices);
    // What is not the same column on both sides tells from which side a row came, and with it by what it was chosen.
    const leaking = (c: Traced, ...sides: readonly (Traced | undefined)[]): Traced => {
      const [one, other] = sides;
      const isSame =
        one !== undefined && other !== undefined && one.plain && other.plain && sameSets(one.values, other.values);
      return isSame || apart.size === 0 ? c : { ...c, via: union([c.via, apart]) };
    };
    const both = left.columns.map((c, i): Traced => {
      const other = partner(c, i);
      const made = other === undefined ? c : { ...joinTraced(c.name, [c, other]), plain: c.plain && other.plain };
      return leaking(made, c, other);
    });
    const added = byName
      ? right.columns
          .filter((r) => !left.columns.some((c) => lower(c.name) === lower(r.name)))
          .map((r) => leaking(r, undefined, r))
      : [];
    return this.#limited(node, {
      columns: [...both, ...added],
      rows: union([left.rows, right.rows]),
      choices: unionOfChoices([left.choices, right.choices]),
    });
  }

  /** A LIMIT behind a set operation, with its ORDER BY. */
  #limited(node: Tree, made: Relation): Relation {
    const by = choosingModifiers(node).map((m) =>
      this.#describe(m, '', [{ alias: '', columns: made.columns }], new Map(), []),
    );
    const asked = union(by.flatMap((c) => [c.values, c.via]));
    return { ...made, rows: union([made.rows, asked]), choices: this.#chosen(made.choices, asked) };
  }

  #chosen(before: Choices | undefined, asked: ReadonlySet<string>): Choices {
    if (asked.size === 0) return before ?? new Map();
    return unionOfChoices([before, new Map([[`${this.#settings.node}/choice ${this.#choices++}`, asked]])]);
  }

  #select(node: Tree, tables: Tables, outer: readonly Entry[]): Relation {
    const from = this.#from(asRecord(node['from_table']), tables, outer);
    const entries = [...from.entries];
    const reach = [...entries, ...outer];
    const items: Traced[] = [];
    const describe = (expression: unknown, name: string): Traced =>
      this.#describe(expression, name, reach, tables, items);
    let groups = asRecords(node['group_expressions']).length > 0;
    for (const item of asRecords(node['select_list'])) {
      if (item['class'] === 'STAR') append(items, this.#star(item, entries, describe));
      else items.push(describe(item, nameOf(item)));
      groups ||= this.#aggregates(item);
    }
    const choosing = [node['where_clause'], node['having'], node['qualify'], ...choosingModifiers(node)].map((e) =>
      describe(e, ''),
    );
    const asked = union(choosing.flatMap((c) => [c.values, c.via]));
    const rows = union([from.rows, asked]);
    const choices = this.#chosen(from.choices, asked);
    if (!groups) return { columns: items, rows, choices };
    // A row stands for many from here on.
    const grouping = `${this.#settings.node}/${this.#groupings++}`;
    const keys = asRecords(node['group_expressions']).map((e) => describe(e, ''));
    return {
      columns: items.map((c) => ({
        ...withoutPast(c),
        values: union([c.values, [`${grouping}:${c.name}`]]),
        rowsOf: new Set([grouping]),
      })),
      rows: union([rows, ...keys.map((k) => k.values)]),
      choices,
    };
  }

  #star(star: Tree, entries: readonly Entry[], describe: (expression: unknown, name: string) => Traced): Traced[] {
    if (star['columns'] === true || isRecord(star['expr'])) throw new Untraceable('COLUMNS');
    const table = lower(String(star['relation_name'] ?? ''));
    const excluded = new Set([
      ...asTexts(star['exclude_list']),
      ...asRecords(star['qualified_exclude_list']).map((e) => String(e['column'])),
    ]);
    const left = new Set([...excluded].map(lower));
    const replaced = new Map(
      asRecords(star['replace_list']).map((e) => [lower(String(e['key'])), e['value']] as const),
    );
    const names = new Map(
      asRecords(star['rename_list']).map((e) => [lower(lastName(e['key'])), String(e['value'])] as const),
    );
    return entries
      .filter((e) => table === '' || e.alias === table)
      .flatMap((e) => e.columns.filter((c) => table !== '' || e.shared?.has(lower(c.name)) !== true))
      .filter((c) => !left.has(lower(c.name)))
      .map((c) => {
        const instead = replaced.get(lower(c.name));
        const made = instead === undefined ? c : describe(instead, c.name);
        return { ...made, name: names.get(lower(c.name)) ?? c.name };
      });
  }

  #from(table: Tree, tables: Tables, outer: readonly Entry[]): Scope {
    const alias = lower(String(table['alias'] ?? ''));
    const aliases = asTexts(table['column_name_alias']);
    const only = (relation: Relation, name: string): Scope => ({
      entries: [{ alias: alias === '' ? lower(name) : alias, columns: renamed(relation, aliases).columns }],
      rows: relation.rows,
      ...(relation.choices === undefined ? {} : { choices: relation.choices }),
    });
    switch (table['type']) {
      case undefined:
      case 'EMPTY':
        return { entries: [], rows: new Set() };
      case 'BASE_TABLE': {
        const name = String(table['table_name']);
        const found = tables.get(lower(name));
        if (found === undefined) throw new Untraceable(name);
        return only(found, name);
      }
      case 'SUBQUERY':
        return only(this.query(asRecord(asRecord(table['subquery'])['node']), tables, outer), '');
      case 'EXPRESSION_LIST': {
        const width = Array.isArray(table['values']) ? asList(table['values'][0]).length : 0;
        const columns = Array.from({ length: width }, (_, i) => constantColumn(`col${i}`));
        return only({ columns, rows: new Set() }, '');
      }
      case 'TABLE_FUNCTION': {
        const call = asRecord(table['function']);
        const name = String(call['function_name']);
        const declared = declaredColumns(call);
        // Options are written as if they compared columns.
        const given = declared === undefined ? call['children'] : asRecords(call['children']).filter(isNoOption);
        const made = this.#describe(given, name, outer, tables, []);
        const columns = (declared ?? [name]).map((column) => ({ ...made, name: column, plain: false }));
        return only({ columns, rows: union([made.values, made.via]) }, name);
      }
      case 'JOIN':
        return this.#join(table, tables, outer);
      default:
        throw new Untraceable(String(table['type']));
    }
  }

  #join(join: Tree, tables: Tables, outer: readonly Entry[]): Scope {
    if (join['ref_type'] === 'NATURAL') throw new Untraceable('NATURAL');
    const left = this.#from(asRecord(join['left']), tables, outer);
    const right = this.#from(asRecord(join['right']), tables, [...left.entries, ...outer]);
    const using = new Set(asTexts(join['using_columns']).map(lower));
    const keys = [...left.entries, ...right.entries].flatMap((e) => e.columns.filter((c) => using.has(lower(c.name))));
    const condition = joinTraced('', [
      this.#describe(join['condition'], '', [...left.entries, ...right.entries, ...outer], tables, []),
      ...keys,
    ]);
    const by = union([condition.values, condition.via]);
    const type = String(join['join_type']);
    const found = (scope: Scope): readonly Entry[] =>
      scope.entries.map((e) => ({
        ...e,
        columns: e.columns.map((c) => ({ ...c, via: union([c.via, by, scope.rows]) })),
      }));
    const once = (scope: readonly Entry[]): readonly Entry[] =>
      using.size === 0 ? scope : scope.map((e) => ({ ...e, shared: union([e.shared ?? [], using]) }));
    if (type === 'SEMI' || type === 'ANTI') {
      const asked = union([right.rows, by]);
      return { entries: left.entries, rows: union([left.rows, asked]), choices: this.#chosen(left.choices, asked) };
    }
    // What the other side adds to a row is found by the condition; which rows there are is not touched by it.
    if (type === 'LEFT')
      return {
        entries: [...left.entries, ...once(found(right))],
        rows: left.rows,
        ...(left.choices === undefined ? {} : { choices: left.choices }),
      };
    return {
      choices: this.#chosen(unionOfChoices([left.choices, right.choices]), by),
      entries: [
        ...(type === 'INNER' ? left.entries : found(left)),
        ...once(type === 'INNER' ? right.entries : found(right)),
      ],
      rows: union([left.rows, right.rows, by]),
    };
  }

  #aggregates(expression: unknown): boolean {
    if (Array.isArray(expression)) return expression.some((e) => this.#aggregates(e));
    if (!isRecord(expression) || expression['class'] === 'SUBQUERY' || expression['class'] === 'WINDOW') return false;
    return this.#isAggregate(expression) || Object.values(expression).some((e) => this.#aggregates(e));
  }

  #isAggregate(node: Tree): boolean {
    return node['class'] === 'FUNCTION' && this.#settings.aggregates.has(lower(String(node['function_name'] ?? '')));
  }

  /** Every set of rows in reach, of which several rows go into one value. */
  #mixedHere(reach: readonly Entry[]): Map<string, string> {
    const scope = union(reach.flatMap((e) => e.columns.map((c) => c.rowsOf)));
    return new Map([...scope].map((rows) => [rows, this.#settings.node]));
  }

  /** A window over earlier rows alone: what they say is kept apart from what the row itself adds (its keys, a value for want of another). */
  #back(window: Tree, reach: readonly Entry[], tables: Tables, before: readonly Traced[]): Traced | undefined {
    const order = looksBackBy(window);
    if (order === undefined) return undefined;
    const describe = (expression: unknown): Traced => this.#describe(expression, '', reach, tables, before);
    const by = describe(asRecords(window['orders'])[0]?.['expression']);
    if (by.mixed.size > 0) return undefined;
    const said = describe([window['children'], window['filter_expr'], window['arg_orders']]);
    const own = describe([window['partitions'], window['orders'], window['default_expr']]);
    const all = joinTraced('', [said, own]);
    return {
      ...all,
      mixed: unionOfMaps([all.mixed, this.#mixedHere(reach)]),
      besidesPast: {
        by: { name: order, values: by.values },
        values: own.values,
        mixed: unionOfMaps([own.mixed, (said.besidesPast ?? said).mixed]),
      },
    };
  }

  /** What a value is made of. `before`: items of the same list, which later items may name. */
  #describe(
    expression: unknown,
    name: string,
    reach: readonly Entry[],
    tables: Tables,
    before: readonly Traced[],
  ): Traced {
    const parts: Traced[] = [];
    const checks: Traced[] = [];
    const parameters = new Set<string>();
    let mixes = false;
    const walk = (value: unknown): void => {
      if (Array.isArray(value)) return value.forEach(walk);
      if (!isRecord(value)) return;
      if (value['class'] === 'STAR') throw new Untraceable('COLUMNS');
      if (value['class'] === 'COLUMN_REF') {
        const names = asTexts(value['column_names']);
        if (!parameters.has(lower(names[0] ?? ''))) append(parts, lookUp(names, reach, before));
        return;
      }
      if (value['class'] === 'LAMBDA') for (const parameter of namesIn(value['lhs'])) parameters.add(lower(parameter));
      if (value['class'] === 'SUBQUERY') {
        const inner = this.query(asRecord(asRecord(value['subquery'])['node']), tables, reach);
        append(parts, [...inner.columns, { ...constantColumn(''), values: inner.rows }]);
        mixes = true;
        return walk(value['child']);
      }
      if (value['class'] === 'CASE') {
        // A branch that only stops the run says nothing of other rows.
        for (const check of asRecords(value['case_checks'])) {
          if (!isError(check['then_expr'])) walk(check);
          else checks.push(this.#describe(check['when_expr'], '', reach, tables, before));
        }
        return walk(value['else_expr']);
      }
      const back = value['class'] === 'WINDOW' ? this.#back(value, reach, tables, before) : undefined;
      if (back !== undefined) return void parts.push(back);
      if (value['class'] === 'WINDOW' || this.#isAggregate(value)) mixes = true;
      for (const part of Object.values(value)) walk(part);
    };
    walk(expression);
    const made = joinTraced(name, parts);
    const [only] = parts;
    const isPlain = isRecord(expression) && expression['class'] === 'COLUMN_REF' && parts.length === 1;
    return {
      ...(mixes ? withoutPast(made) : made),
      via: union([made.via, ...checks.flatMap((c) => [c.values, c.via])]),
      plain: isPlain && only?.plain === true,
      mixed: mixes ? unionOfMaps([made.mixed, this.#mixedHere(reach)]) : made.mixed,
    };
  }
}

/** LIMIT takes some rows, DISTINCT ON one of several: which, the ORDER BY says. */
function choosingModifiers(node: Tree): readonly Tree[] {
  const all = asRecords(node['modifiers']);
  const chooses = all.some(
    (m) => String(m['type']).startsWith('LIMIT') || asRecords(m['distinct_on_targets']).length > 0,
  );
  return chooses ? all : [];
}

/** The columns by which two branches were chosen, where only one of them was chosen so. */
function onlyInOne(left: Choices | undefined, right: Choices | undefined): ReadonlySet<string> {
  const of = (one: Choices | undefined, other: Choices | undefined) =>
    [...(one ?? [])].flatMap(([choice, asked]) => (other?.has(choice) === true ? [] : [...asked]));
  return new Set([...of(left, right), ...of(right, left)]);
}
const sameSets = (a: ReadonlySet<string>, b: ReadonlySet<string>): boolean =>
  a.size === b.size && [...a].every((one) => b.has(one));

const withoutPast = ({ besidesPast: _, ...rest }: Traced): Traced => rest;

/** The names in `read_json(…, columns = {key: 'VARCHAR', …})`; undefined where the file itself says what its columns are. */
const isNoOption = (child: Tree): boolean => child['type'] !== 'COMPARE_EQUAL';
function declaredColumns(call: Tree): string[] | undefined {
  for (const option of asRecords(call['children'])) {
    const names = asTexts(asRecord(option['left'])['column_names']);
    const struct = asRecord(option['right']);
    if (option['type'] !== 'COMPARE_EQUAL' || names[0] !== 'columns' || struct['function_name'] !== 'struct_pack')
      continue;
    return asRecords(struct['children']).map((child) => String(child['alias']));
  }
  return undefined;
}

const renamed = (relation: Relation, names: readonly string[]): Relation =>
  names.length === 0
    ? relation
    : { ...relation, columns: relation.columns.map((c, i) => ({ ...c, name: names[i] ?? c.name })) };

const nameOf = (item: Tree): string => {
  if (typeof item['alias'] === 'string' && item['alias'] !== '') return item['alias'];
  return item['class'] === 'COLUMN_REF' ? (asTexts(item['column_names']).at(-1) ?? '') : '';
};
const isError = (value: unknown): boolean =>
  isRecord(value) && value['class'] === 'FUNCTION' && lower(String(value['function_name'])) === 'error';
const asList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const lastName = (value: unknown): string => (isRecord(value) ? String(value['column'] ?? '') : String(value));
