/** The functions and arithmetic of formulas that ONNX computes as DuckDB does. */
import type { FormulaOperators } from './formula-operators.ts';
import { noForm, type Formula } from './formula.ts';

type Call = (f: FormulaOperators, parts: readonly Formula[]) => Formula;

export function callFunction(f: FormulaOperators, name: string, parts: readonly Formula[]): Formula {
  const call = functions[name];
  if (call === undefined) throw noForm(`${name}()`);
  if (parts.some((p) => p.kind === 'null')) throw noForm(`NULL in ${name}()`);
  return call(f, parts);
}

const named = (name: string, parts: readonly Formula[], count: number): readonly Formula[] => {
  if (parts.length !== count) throw noForm(`${name}() of ${parts.length} values`);
  for (const part of parts) {
    if (part.kind !== 'number') throw noForm(`${name}() of a ${part.kind}`);
    if (part.single === true) throw noForm('computing in single precision');
  }
  return parts;
};
/** Computed in decimals there: neither is a double. */
const inDecimals = (parts: readonly Formula[]): boolean =>
  parts.some((p) => p.decimal === true) && parts.every((p) => p.decimal === true || p.whole === true);

function arithmetic(op: string): Call {
  return (f, parts) => {
    if (parts.length === 1 && op === 'Sub') return keeping('Neg')(f, parts);
    const [a, b] = named(op, parts, 2);
    if (a === undefined || b === undefined) throw noForm(op);
    const decimal = inDecimals([a, b]);
    return {
      kind: 'number',
      value: f.apply(op, [a.value, b.value]),
      missing: f.either(a.missing, b.missing),
      whole: a.whole === true && b.whole === true,
      decimal,
      inexact: decimal || a.inexact === true || b.inexact === true,
      nan: a.nan === true || b.nan === true,
    };
  };
}

/** One number in, one of the same type out. */
function keeping(op: string): Call {
  return (f, parts) => {
    const [a] = named(op, parts, 1);
    if (a === undefined) throw noForm(op);
    return { ...a, value: f.apply(op, [a.value]) };
  };
}

/** Doubles in, a double out, which may be infinite or no number. */
function inDoubles(count: number, compute: (f: FormulaOperators, values: readonly string[]) => string): Call {
  return (f, parts) => {
    named('a function', parts, count);
    return {
      kind: 'number',
      value: compute(
        f,
        parts.map((p) => p.value),
      ),
      missing: parts.reduce<string | null>((all, p) => f.either(all, p.missing), null),
      inexact: parts.some((p) => p.inexact === true),
      nan: true,
    };
  };
}

/** Halves away from zero, and no sum that rounds by itself. */
function roundAway(f: FormulaOperators, value: string): string {
  const size = f.apply('Abs', [value]);
  const floor = f.apply('Floor', [size]);
  const up = f.apply('GreaterOrEqual', [f.apply('Sub', [size, floor]), f.number(0.5)]);
  return f.apply('Mul', [f.apply('Sign', [value]), f.apply('Add', [floor, f.cast(up, 'double')])]);
}

function rounding(round: (f: FormulaOperators, value: string) => string): Call {
  return (f, parts) => {
    const [a] = named('rounding', parts, 1);
    if (a === undefined || a.inexact === true) throw noForm('rounding of computed decimals');
    return a.whole === true ? a : { ...a, value: round(f, a.value) };
  };
}

/** The smallest or greatest of those that are not missing. */
function extreme(op: 'Min' | 'Max'): Call {
  return (f, parts) =>
    named(op, parts, parts.length).reduce((a, b) => {
      if (a.nan === true || b.nan === true) throw noForm('the least or greatest of what may be no number');
      const both = f.apply(op, [a.value, b.value]);
      const otherwise = (missing: string | null, other: Formula, found: string): string =>
        missing === null ? found : f.apply('Where', [missing, other.value, found]);
      const value = otherwise(b.missing, a, otherwise(a.missing, b, both));
      return {
        ...a,
        value,
        missing: a.missing === null || b.missing === null ? null : f.and(a.missing, b.missing),
        whole: a.whole === true && b.whole === true,
        decimal: inDecimals([a, b]),
        inexact: a.inexact === true || b.inexact === true,
      };
    });
}

const logarithm = (base: number): Call =>
  inDoubles(1, (f, [x = '']) => f.apply('Div', [f.apply('Log', [x]), f.number(Math.log(base))]));
const power = inDoubles(2, (f, [a = '', b = '']) => f.apply('Pow', [a, b]));

const functions: Readonly<Record<string, Call>> = {
  '+': arithmetic('Add'),
  '-': arithmetic('Sub'),
  '*': arithmetic('Mul'),
  '/': inDoubles(2, (f, [a = '', b = '']) => f.apply('Div', [a, b])),
  '^': power,
  '**': power,
  pow: power,
  power,
  abs: keeping('Abs'),
  floor: rounding((f, value) => f.apply('Floor', [value])),
  ceil: rounding((f, value) => f.apply('Ceil', [value])),
  ceiling: rounding((f, value) => f.apply('Ceil', [value])),
  round: rounding(roundAway),
  sqrt: inDoubles(1, (f, [x = '']) => f.apply('Sqrt', [x])),
  exp: inDoubles(1, (f, [x = '']) => f.apply('Exp', [x])),
  ln: inDoubles(1, (f, [x = '']) => f.apply('Log', [x])),
  log: logarithm(10),
  log10: logarithm(10),
  log2: logarithm(2),
  least: extreme('Min'),
  greatest: extreme('Max'),
};
