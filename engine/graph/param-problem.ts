/** A parameter whose value cannot be, in words: the field by its title, the value, and what it should be. */
import type * as z from 'zod';
import type { Problem } from '../../shared/errors.ts';
import type { AnySpec } from '../../shared/spec/define-spec.ts';
import { fieldMeta } from '../../shared/spec/fields.ts';

export function paramProblem(
  node: string,
  spec: AnySpec,
  found: z.core.$ZodIssue,
  params: Record<string, unknown>,
): Problem {
  const issue = withinUnion(found);
  if (issue.code === 'unrecognized_keys' && issue.path.length === 0)
    return {
      code: 'param.unknown',
      severity: 'error',
      message: `"${spec.title}" has no parameter ${issue.keys.map((k) => `"${k}"`).join(', ')}.`,
      mend: `It has ${Object.keys(spec.params.shape).join(', ')}.`,
      node,
    };
  const param = String(issue.path[0] ?? '');
  const schema = spec.params.shape[param];
  const title = schema === undefined ? undefined : fieldMeta(schema as z.ZodType)?.title;
  const inside = issue.path
    .slice(1)
    .map((step) => (typeof step === 'number' ? `entry ${step + 1}` : String(step)))
    .join(', ');
  return {
    code: 'param.invalid',
    severity: 'error',
    message: `${title ?? param}${inside === '' ? '' : ` (${inside})`}: ${sayIssue(issue, valueAt(params, issue.path))}.`,
    mend: 'Correct the value, or reset it to its default.',
    node,
    param,
  };
}

/** Of a value that may have one of several forms: what is wrong with it in the form that it comes nearest to. */
function withinUnion(issue: z.core.$ZodIssue): z.core.$ZodIssue {
  if (issue.code !== 'invalid_union') return issue;
  const isOtherForm = (inner: readonly z.core.$ZodIssue[]): boolean =>
    inner.some((one) => one.code === 'unrecognized_keys' && one.path.length === 0);
  const depth = (inner: readonly z.core.$ZodIssue[]): number => inner[0]?.path.length ?? 0;
  const [nearest] = issue.errors.toSorted(
    (a, b) => Number(isOtherForm(a)) - Number(isOtherForm(b)) || depth(b) - depth(a),
  );
  const [inner] = nearest ?? [];
  return inner === undefined ? issue : withinUnion({ ...inner, path: [...issue.path, ...inner.path] });
}

const kinds: Readonly<Record<string, string>> = {
  number: 'a number',
  int: 'a whole number',
  string: 'a text',
  boolean: 'true or false',
  array: 'a list',
  record: 'a list of names with values',
  object: 'a group of settings',
};

function sayIssue(issue: z.core.$ZodIssue, value: unknown): string {
  const said = sayValue(value);
  switch (issue.code) {
    case 'invalid_type':
      return value === undefined
        ? 'a value is missing'
        : `${said} is not ${kinds[issue.expected] ?? `of the kind ${issue.expected}`}`;
    case 'invalid_value':
      return `${said} is none of ${issue.values.map(sayValue).join(', ')}`;
    case 'too_small':
      return issue.origin === 'number'
        ? `${said} is too small; it should be ${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`
        : `it should have at least ${issue.minimum} ${issue.origin === 'string' ? 'letters' : 'entries'}`;
    case 'too_big':
      return issue.origin === 'number'
        ? `${said} is too large; it should be ${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`
        : `it should have at most ${issue.maximum} ${issue.origin === 'string' ? 'letters' : 'entries'}`;
    case 'invalid_union':
      // The name that says which form it is.
      return issue.inclusive === false || issue.options === undefined
        ? `${said} cannot be (${issue.message})`
        : `${value === undefined ? 'a value is missing, one of' : `${said} is none of`} ${issue.options.map(sayValue).join(', ')}`;
    case 'unrecognized_keys':
      return `${issue.keys.map((key) => `"${key}"`).join(', ')} may not stand here`;
    default:
      // What a field says of itself, in our words.
      return issue.code === 'custom' ? issue.message : `${said} cannot be (${issue.message})`;
  }
}

function sayValue(value: unknown): string {
  const text =
    typeof value === 'bigint' || typeof value === 'symbol' ? String(value) : (JSON.stringify(value) ?? 'nothing');
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}

function valueAt(params: unknown, path: readonly PropertyKey[]): unknown {
  let value = params;
  for (const step of path) value = typeof value === 'object' && value !== null ? Reflect.get(value, step) : undefined;
  return value;
}
