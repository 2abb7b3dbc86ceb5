/**
 * SQL formulas as ONNX operators, for those that can be said exactly: arithmetic, comparisons, conditions and logic over numbers, yes/no columns and texts.
 * A value is two tensors, what it is and whether it is missing, so that SQL's three-valued logic and its NaN (which is greater than every number, and not
 * missing) hold as in DuckDB.
 */
import type { OnnxGraph, OnnxType } from '../../shared/capabilities.ts';
import { asRecord, asRecords, asTexts, type Tree } from '../../shared/table/parse-tree.ts';
import { isInteger, typeFamily } from '../../shared/wires.ts';
import { callFunction } from './expression-functions.ts';
import { noForm, NotAnInput, type Formula, type FormulaColumns } from './formula.ts';
import { elementType } from './messages.ts';

/**
 * @param tree DuckDB's tree of `SELECT (expression)`
 * @throws `onnx.no-form` naming what has none; `NotAnInput`
 */
export function compileFormula(graph: OnnxGraph, tree: unknown, columns: FormulaColumns): Formula {
  const statement = asRecords(asRecord(tree)['statements'])[0];
  const [expression] = asRecords(asRecord(statement?.['node'])['select_list']);
  return new FormulaCompiler(graph, columns).compile(expression ?? {});
}

export class FormulaCompiler {
  readonly graph: OnnxGraph;
  readonly #columns: FormulaColumns;

  constructor(graph: OnnxGraph, columns: FormulaColumns) {
    this.graph = graph;
    this.#columns = columns;
  }

  apply(op: string, inputs: readonly string[], attributes: Parameters<OnnxGraph['node']>[2] = {}): string {
    return this.graph.node(op, inputs, attributes)[0] ?? '';
  }
  cast = (value: string, type: OnnxType): string => this.apply('Cast', [value], { to: elementType(type) });
  number = (value: number): string => this.graph.constant('double', [1], [value]);
  truth = (value: boolean): string => this.graph.constant('bool', [1], [value]);
  not = (value: string): string => this.apply('Not', [value]);
  and = (a: string, b: string): string => this.apply('And', [a, b]);
  or = (a: string, b: string): string => this.apply('Or', [a, b]);
  /** Missing where one of them is. */
  either = (a: string | null, b: string | null): string | null =>
    a === null ? b : b === null || a === b ? a : this.or(a, b);

  compile(node: Tree): Formula {
    switch (node['class']) {
      case 'CONSTANT':
        return this.#constant(asRecord(node['value']));
      case 'COLUMN_REF':
        return this.#column(asTexts(node['column_names']));
      case 'COMPARISON':
        return this.#compare(String(node['type']), this.#child(node['left']), this.#child(node['right']));
      case 'BETWEEN': {
        const value = this.#child(node['input']);
        const low = this.#compare('COMPARE_GREATERTHANOREQUALTO', value, this.#child(node['lower']));
        return this.#both(low, this.#compare('COMPARE_LESSTHANOREQUALTO', value, this.#child(node['upper'])));
      }
      case 'CONJUNCTION': {
        const parts = this.#children(node);
        const join = node['type'] === 'CONJUNCTION_AND' ? this.#both.bind(this) : this.#any.bind(this);
        return parts.reduce(join);
      }
      case 'CASE':
        return asRecords(node['case_checks']).reduceRight<Formula>(
          (otherwise, check) =>
            this.choose(this.#isTrue(this.#child(check['when_expr'])), this.#child(check['then_expr']), otherwise),
          this.#child(node['else_expr']),
        );
      case 'CAST':
        return this.#castTo(node);
      case 'OPERATOR':
        return this.#operator(String(node['type']), this.#children(node));
      case 'FUNCTION':
        return callFunction(this, String(node['function_name']).toLowerCase(), this.#children(node));
      default:
        throw noForm(String(node['class'] ?? 'nothing').toLowerCase());
    }
  }

  #where = (is: string, a: string, b: string): string => this.apply('Where', [is, a, b]);

  #child = (node: unknown): Formula => this.compile(asRecord(node));
  #children = (node: Tree): Formula[] => asRecords(node['children']).map((child) => this.compile(child));

  #constant({ type, value, is_null: isNull }: Tree): Formula {
    const id = String(asRecord(type)['id']);
    if (isNull === true) return { kind: 'null', value: this.number(Number.NaN), missing: this.truth(true) };
    if (id === 'VARCHAR' && value !== '' && typeof value === 'string')
      return { kind: 'text', value: this.graph.constant('string', [1], [value]), missing: null };
    if (typeof value === 'boolean') return { kind: 'boolean', value: this.truth(value), missing: null };
    if (typeof value !== 'number') throw noForm(id === 'VARCHAR' ? 'the empty text' : `a value of type ${id}`);
    if (id === 'DOUBLE') return { kind: 'number', value: this.number(value), missing: null };
    if (id === 'DECIMAL') {
      const scale = Number(asRecord(asRecord(type)['type_info'])['scale'] ?? 0);
      return { kind: 'number', value: this.number(Number(`${value}e-${scale}`)), missing: null, decimal: true };
    }
    if (!isInteger(id) || !Number.isSafeInteger(value)) throw noForm(`the value ${value} of type ${id}`);
    return { kind: 'number', value: this.number(value), missing: null, whole: true };
  }

  #column(names: readonly string[]): Formula {
    const name = (names.at(-1) ?? '').toLowerCase();
    const made = this.#columns.formulas.get(name);
    if (made !== undefined) return made;
    const column = this.#columns.schema.find((c) => c.name.toLowerCase() === name);
    const tensor = column && this.#columns.tensors.get(column.name);
    if (column === undefined || typeFamily(column.type) === 'other') throw noForm(`the column "${names.join('.')}"`);
    if (typeFamily(column.type) === 'time') throw noForm(`the date or time "${column.name}"`);
    if (tensor === undefined) throw new NotAnInput(column.name);
    const { type, value, holds, nan } = tensor;
    if (nan) throw noForm(`the column "${column.name}", which may be no number without being missing`);
    if (type === 'string')
      return { kind: 'text', value, missing: this.apply('Equal', [value, this.graph.constant('string', [1], [''])]) };
    if (type === 'bool') return { kind: 'boolean', value, missing: null };
    const double = type === 'double' ? value : this.cast(value, 'double');
    const missing = this.apply('IsNaN', [double]);
    if (holds === 'boolean')
      return { kind: 'boolean', value: this.apply('Greater', [double, this.number(0.5)]), missing };
    return {
      kind: 'number',
      value: double,
      missing,
      whole: isInteger(column.type),
      decimal: column.type.startsWith('DECIMAL'),
      single: column.type === 'FLOAT' || column.type === 'REAL',
    };
  }

  #castTo(node: Tree): Formula {
    const to = String(asRecord(node['cast_type'])['id']);
    const literal = asRecord(asRecord(node['child'])['value'])['value'];
    if (to === 'BOOLEAN' && (literal === 't' || literal === 'f'))
      return { kind: 'boolean', value: this.truth(literal === 't'), missing: null };
    const from = this.#child(node['child']);
    const { kind, missing } = from;
    if (kind === 'boolean' && (isInteger(to) || to === 'DOUBLE'))
      return { kind: 'number', value: this.cast(from.value, 'double'), missing, whole: isInteger(to) };
    if (kind === 'number' && to === 'DOUBLE') return { kind, value: from.value, missing, nan: from.nan === true };
    if (kind === 'number' && to === 'BOOLEAN' && from.inexact !== true)
      return { kind: 'boolean', value: this.not(this.apply('Equal', [from.value, this.number(0)])), missing };
    // Decimals are rounded away from zero there, doubles to the even neighbour.
    if (
      kind === 'number' &&
      isInteger(to) &&
      node['try_cast'] !== true &&
      from.inexact !== true &&
      from.decimal !== true
    )
      return { kind, value: from.whole ? from.value : this.apply('Round', [from.value]), missing, whole: true };
    throw noForm(`a conversion to ${to}`);
  }

  #operator(type: string, parts: readonly Formula[]): Formula {
    const [first, ...rest] = parts;
    if (first === undefined) throw noForm(type);
    switch (type) {
      case 'OPERATOR_IS_NULL':
        return { kind: 'boolean', value: first.missing ?? this.truth(false), missing: null };
      case 'OPERATOR_IS_NOT_NULL':
        return { kind: 'boolean', value: this.not(first.missing ?? this.truth(false)), missing: null };
      case 'OPERATOR_NOT':
        return this.#negate(first);
      case 'OPERATOR_COALESCE':
        return parts.reduceRight((otherwise, part) =>
          part.missing === null ? part : this.choose(this.not(part.missing), part, otherwise),
        );
      case 'COMPARE_IN':
      case 'COMPARE_NOT_IN': {
        const found = rest.map((part) => this.#compare('COMPARE_EQUAL', first, part)).reduce((a, b) => this.#any(a, b));
        return type === 'COMPARE_IN' ? found : this.#negate(found);
      }
      default:
        throw noForm(type.toLowerCase().replace('operator_', '').replaceAll('_', ' '));
    }
  }

  #negate(of: Formula): Formula {
    const { value, missing } = this.#asBoolean(of);
    return { kind: 'boolean', value: this.not(value), missing };
  }

  #asBoolean(of: Formula): Formula {
    if (of.kind === 'boolean') return of;
    if (of.kind === 'null') return { kind: 'boolean', value: this.truth(false), missing: of.missing };
    throw noForm(`a ${of.kind} as a condition`);
  }
  #isTrue(of: Formula): string {
    const { value, missing } = this.#asBoolean(of);
    return missing === null ? value : this.and(value, this.not(missing));
  }
  #isFalse(of: Formula): string {
    const { value, missing } = this.#asBoolean(of);
    return missing === null ? this.not(value) : this.not(this.or(value, missing));
  }

  /** AND: false where one is false, whatever the other. */
  #both(a: Formula, b: Formula): Formula {
    const missing = this.either(a.missing, b.missing);
    const decided = this.or(this.#isFalse(a), this.#isFalse(b));
    return {
      kind: 'boolean',
      value: this.and(this.#isTrue(a), this.#isTrue(b)),
      missing: missing === null ? null : this.and(missing, this.not(decided)),
    };
  }
  #any(a: Formula, b: Formula): Formula {
    const missing = this.either(a.missing, b.missing);
    const value = this.or(this.#isTrue(a), this.#isTrue(b));
    return { kind: 'boolean', value, missing: missing === null ? null : this.and(missing, this.not(value)) };
  }

  /** @param is a tensor of bool without missing values */
  choose(is: string, a: Formula, b: Formula): Formula {
    const kind = a.kind === 'null' ? b.kind : a.kind;
    if (a.kind !== 'null' && b.kind !== 'null' && a.kind !== b.kind)
      throw noForm('values of several types in one column');
    const pick = (x: string, y: string): string => this.or(this.and(is, x), this.and(this.not(is), y));
    const nothing =
      kind === 'text'
        ? this.graph.constant('string', [1], [''])
        : kind === 'boolean'
          ? this.truth(false)
          : this.number(0);
    const [x, y] = [a, b].map((part) => (part.kind === 'null' ? nothing : part.value));
    const missing =
      a.missing === null && b.missing === null
        ? null
        : pick(a.missing ?? this.truth(false), b.missing ?? this.truth(false));
    const value = kind === 'boolean' ? pick(x ?? '', y ?? '') : this.#where(is, x ?? '', y ?? '');
    return { ...mixTypes(a, b), kind, value, missing };
  }

  #compare(type: string, a: Formula, b: Formula): Formula {
    const missing = this.either(a.missing, b.missing);
    const distinct = type === 'COMPARE_DISTINCT_FROM' || type === 'COMPARE_NOT_DISTINCT_FROM';
    if (a.kind === 'null' || b.kind === 'null') {
      if (!distinct) return { kind: 'boolean', value: this.truth(false), missing: this.truth(true) };
    } else if (a.kind !== b.kind) throw noForm(`a comparison of a ${a.kind} with a ${b.kind}`);
    if (a.inexact || b.inexact) throw noForm('a comparison of computed decimals');
    if (a.single === true || b.single === true) throw noForm('a comparison in single precision');
    if (distinct) {
      const [ma, mb] = [a.missing ?? this.truth(false), b.missing ?? this.truth(false)];
      const equal = a.kind === b.kind ? this.#equal(a, b) : this.truth(false);
      const same = this.or(this.and(ma, mb), this.and(equal, this.not(this.or(ma, mb))));
      return { kind: 'boolean', value: type === 'COMPARE_DISTINCT_FROM' ? this.not(same) : same, missing: null };
    }
    return { kind: 'boolean', value: this.#compared(type, a, b), missing };
  }

  #compared(type: string, a: Formula, b: Formula): string {
    switch (type) {
      case 'COMPARE_EQUAL':
        return this.#equal(a, b);
      case 'COMPARE_NOTEQUAL':
        return this.not(this.#equal(a, b));
      case 'COMPARE_LESSTHAN':
        return this.#less(a, b);
      case 'COMPARE_GREATERTHAN':
        return this.#less(b, a);
      case 'COMPARE_LESSTHANOREQUALTO':
        return this.not(this.#less(b, a));
      case 'COMPARE_GREATERTHANOREQUALTO':
        return this.not(this.#less(a, b));
      default:
        throw noForm(type.toLowerCase());
    }
  }

  #equal(a: Formula, b: Formula): string {
    const equal = this.apply('Equal', [a.value, b.value]);
    if (a.nan !== true || b.nan !== true) return equal;
    return this.or(equal, this.and(this.apply('IsNaN', [a.value]), this.apply('IsNaN', [b.value])));
  }
  /** NaN is greater than every number. */
  #less(a: Formula, b: Formula): string {
    if (a.kind !== 'number') throw noForm(`an order of ${a.kind}s`);
    const less = this.apply('Less', [a.value, b.value]);
    if (b.nan !== true) return less;
    const isNumber = this.not(this.apply('IsNaN', [a.value]));
    return this.or(less, this.and(this.apply('IsNaN', [b.value]), isNumber));
  }
}

/** The type that holds both. */
function mixTypes(a: Formula, b: Formula): Partial<Formula> {
  const parts = [a, b].filter((part) => part.kind !== 'null');
  return {
    whole: parts.every((p) => p.whole === true),
    decimal: parts.some((p) => p.decimal === true) && parts.every((p) => p.decimal === true || p.whole === true),
    inexact: parts.some((p) => p.inexact === true),
    single: parts.some((p) => p.single === true),
    nan: parts.some((p) => p.nan === true),
  };
}
