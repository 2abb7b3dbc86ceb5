/** An expression of DuckDB's parse tree as a closure over a row. Types come from DuckDB's binder, constants from DuckDB itself. */
import { asRecord, asRecords, asTexts, type Tree } from '../../../shared/table/parse-tree.ts';
import { arithmetic, isArithmetic, negate } from './arithmetic.ts';
import { always, castTyped, type Typed } from './cast.ts';
import { alike, compare, isIn } from './compare.ts';
import { callFunction } from './functions.ts';
import { defer, NotCovered, type Evaluate, type SqlType, type Value } from './value.ts';

export interface Scope {
  column: (names: readonly string[]) => Typed;
  /** The type that the binder gives it. */
  typeOf: (node: Tree) => SqlType;
  /** Of what is the same for every row. */
  constantOf: (node: Tree) => { value: Value } | undefined;
}

const boolean: SqlType = { id: 'BOOLEAN' };

export function compileExpression(node: Tree, scope: Scope): Typed {
  if (isNull(node)) return always({ id: 'NULL' }, null);
  const constant = scope.constantOf(node);
  if (constant !== undefined) return always(scope.typeOf(node), constant.value);
  const child = (part: unknown): Typed => compileExpression(asRecord(part), scope);
  const children = (): Typed[] => asRecords(node['children']).map(child);
  switch (node['class']) {
    case 'COLUMN_REF':
      return scope.column(asTexts(node['column_names']));
    case 'COMPARISON':
      return { type: boolean, evaluate: compare(String(node['type']), child(node['left']), child(node['right'])) };
    case 'BETWEEN':
      return { type: boolean, evaluate: between(child(node['input']), child(node['lower']), child(node['upper'])) };
    case 'CONJUNCTION':
      return { type: boolean, evaluate: conjunction(children(), node['type'] === 'CONJUNCTION_AND') };
    case 'CASE':
      return whenThen(node, scope);
    case 'CAST':
      return castTyped(child(node['child']), scope.typeOf(node), node['try_cast'] === true);
    case 'OPERATOR':
      return operator(String(node['type']), children(), scope.typeOf(node));
    case 'FUNCTION':
      return call(node, children, scope);
    default:
      throw new NotCovered(String(node['class'] ?? 'nothing').toLowerCase());
  }
}

export const isNull = (node: Tree): boolean =>
  node['class'] === 'CONSTANT' && asRecord(node['value'])['is_null'] === true;

export const functionName = (node: Tree): string => String(node['function_name']).toLowerCase();

function call(node: Tree, children: () => Typed[], scope: Scope): Typed {
  const name = functionName(node);
  // Whoever asks gets DuckDB's words.
  if (name === 'error') return { type: { id: 'NULL' }, evaluate: defer };
  if (node['distinct'] === true || (node['filter'] !== undefined && node['filter'] !== null))
    throw new NotCovered(`${name}()`);
  const type = scope.typeOf(node);
  const parts = children();
  const [a, b] = parts;
  if (isArithmetic(name) && a !== undefined && b !== undefined) return { type, evaluate: arithmetic(name, a, b, type) };
  if (name === '-' && a !== undefined) return { type, evaluate: negate(a, type) };
  return { type, evaluate: callFunction(name, parts, type) };
}

/** Only the branch that is taken is computed, as there. */
function whenThen(node: Tree, scope: Scope): Typed {
  const type = scope.typeOf(node);
  const part = (one: unknown): Typed => compileExpression(asRecord(one), scope);
  const checks = asRecords(node['case_checks']).map((check) => ({
    when: castTyped(part(check['when_expr']), boolean).evaluate,
    value: castTyped(part(check['then_expr']), type).evaluate,
  }));
  const otherwise = castTyped(part(node['else_expr']), type).evaluate;
  const [only] = checks;
  if (only !== undefined && checks.length === 1)
    return { type, evaluate: (frame) => (only.when(frame) === true ? only.value(frame) : otherwise(frame)) };
  return {
    type,
    evaluate: (frame) => {
      for (const { when, value } of checks) if (when(frame) === true) return value(frame);
      return otherwise(frame);
    },
  };
}

/** Every part is computed, so that one that fails fails the row, whatever DuckDB looks at first. */
function conjunction(parts: readonly Typed[], isAnd: boolean): Evaluate {
  const values = parts.map((part) => castTyped(part, boolean).evaluate);
  return (frame) => {
    let result: boolean | null = isAnd;
    for (const value of values) {
      const x = value(frame);
      if (x === !isAnd) result = !isAnd;
      else if (x === null && result === isAnd) result = null;
    }
    return result;
  };
}

function between(input: Typed, lower: Typed, upper: Typed): Evaluate {
  const types = [input, lower, upper].map((one) => one.type.id);
  if (new Set(types.filter((id) => id !== 'NULL')).size > 1 && types.includes('VARCHAR'))
    throw new NotCovered('BETWEEN of texts and others');
  // In the type that holds all three.
  const { type } = alike([input, lower, upper]);
  const value = castTyped(input, type);
  const low = compare('COMPARE_GREATERTHANOREQUALTO', value, castTyped(lower, type));
  const high = compare('COMPARE_LESSTHANOREQUALTO', value, castTyped(upper, type));
  return conjunction(
    [
      { type: boolean, evaluate: low },
      { type: boolean, evaluate: high },
    ],
    true,
  );
}

function operator(kind: string, parts: readonly Typed[], type: SqlType): Typed {
  const [first, ...others] = parts;
  if (first === undefined) throw new NotCovered(kind.toLowerCase());
  const { evaluate } = first;
  switch (kind) {
    case 'OPERATOR_IS_NULL':
      return { type, evaluate: (frame) => evaluate(frame) === null };
    case 'OPERATOR_IS_NOT_NULL':
      return { type, evaluate: (frame) => evaluate(frame) !== null };
    case 'OPERATOR_NOT': {
      const value = castTyped(first, boolean).evaluate;
      return {
        type,
        evaluate: (frame) => {
          const x = value(frame);
          return x === null ? null : !x;
        },
      };
    }
    case 'OPERATOR_COALESCE': {
      const values = parts.map((part) => castTyped(part, type).evaluate);
      // All of them: what stands in a query twice DuckDB computes beforehand, also where the first has a value, and what it refuses there it refuses.
      return {
        type,
        evaluate: (frame) => {
          let found: Value = null;
          for (const value of values) {
            const x = value(frame);
            found ??= x;
          }
          return found;
        },
      };
    }
    case 'COMPARE_IN':
      return { type, evaluate: isIn(first, others) };
    case 'COMPARE_NOT_IN': {
      const found = isIn(first, others);
      return {
        type,
        evaluate: (frame) => {
          const x = found(frame);
          return x === null ? null : !x;
        },
      };
    }
    default:
      throw new NotCovered(kind.toLowerCase().replace('operator_', '').replaceAll('_', ' '));
  }
}
