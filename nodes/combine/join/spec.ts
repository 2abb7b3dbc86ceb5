import * as z from 'zod';
import { append } from '../../../shared/append.ts';
import { clashingNames, missingColumn } from '../../../shared/kind/column-findings.ts';
import { defineSpec, type CheckContext, type Finding } from '../../../shared/kind/define-spec.ts';
import { field } from '../../../shared/kind/fields/fields.ts';
import { typeFamily, type Column } from '../../../shared/wires.ts';
import { joinedNames } from './joined-names.ts';

const hows = {
  left: 'keep all left rows, with what matches on the right',
  inner: 'keep rows that match on both sides',
  right: 'keep all right rows, with what matches on the left',
  full: 'keep all rows of both sides',
  semi: 'keep left rows that have a match, add nothing',
  anti: 'keep left rows that have no match',
} as const;
const words: Readonly<Record<keyof typeof hows, string>> = {
  left: 'look up',
  inner: 'match',
  right: 'match, keeping the right side',
  full: 'match, keeping both sides',
  semi: 'keep rows found',
  anti: 'keep rows not found',
};

const params = z.strictObject({
  how: field.choice({ title: 'Join type', help: 'Which rows are in the result.', choices: hows, default: 'left' }),
  keys: field.rules(
    {
      left: field.column({ title: 'Left column', help: 'A column of the left table.', port: 'left' }),
      right: field.column({
        title: 'Right column',
        help: 'The column of the right table with the same meaning.',
        port: 'right',
      }),
    },
    {
      title: 'Join keys',
      help: 'All pairs must be equal. A missing value matches nothing.',
      addLabel: 'Add a pair',
    },
  ),
  rightUnique: field.switch({
    title: 'Validate many-to-one',
    help: 'Stop when the right table has a key twice: each left row then stays one row (many-to-one). A join after Split has to be like this.',
    default: false,
  }),
  suffix: field.text({
    title: 'Suffix',
    help: 'Added to a right column whose name the left table has already.',
    default: '_right',
  }),
});
type Params = z.output<typeof params>;

export const spec = defineSpec({
  kind: 'combine.join',
  version: 1,
  computes: 2,
  title: 'Join',
  about: 'Brings two tables together by equal keys.',
  keywords: [
    'vlookup',
    'xlookup',
    'lookup',
    'merge',
    'merge data',
    'joiner',
    'inner join',
    'left join',
    'outer join',
    'anti join',
    'find replace',
    'match',
    'enrich',
    'reference row filter',
    'merge queries',
    'index match',
    'hlookup',
    'right join',
    'full outer join',
    'semi join',
    'combine tables',
    'merge columns',
    'cell replacer',
    'append columns',
    'relationship',
  ],
  icon: 'combine',
  inputs: { left: { wire: 'table', title: 'Left' }, right: { wire: 'table', title: 'Right' } },
  outputs: { rows: { wire: 'table', title: 'Rows' } },
  params,
  form: 'relational',
  rows: 'mix',
  lookup: (p) => (p.how === 'left' && p.rightUnique ? { rows: 'left', table: 'right' } : undefined),
  summary: (p) => {
    const keys = p.keys
      .filter((key) => key.left !== '')
      .map(({ left, right }) => (left === right || right === '' ? left : `${left} = ${right}`));
    return `${words[p.how]} by ${keys.length === 0 ? '… (no key yet)' : keys.join(' and ')}${p.rightUnique ? ', each key once' : ''}`;
  },
  check,
});

function check({ node, params: p, inputs }: CheckContext<Params>): Finding[] {
  const { left, right } = inputs;
  if (p.keys.length === 0 && !(left?.split === true && right?.split === true)) {
    const shared = sharedNames(left?.columns ?? [], right?.columns ?? []);
    return [
      {
        code: 'join.no-keys',
        message: 'It is not said yet when two rows match.',
        mend:
          shared[0] === undefined
            ? 'Add a pair of columns.'
            : `Both tables have ${shared.map((name) => `"${name}"`).join(' and ')}.`,
        param: 'keys',
        ...(shared[0] === undefined
          ? {}
          : {
              fixes: shared.map((name) => ({
                do: 'set',
                title: `Match by "${name}"`,
                node,
                param: 'keys',
                value: [{ left: name, right: name }],
              })),
            }),
      },
    ];
  }
  const findings = p.keys.flatMap((_, i) => keyFindings(node, p, inputs, i));
  if (left !== undefined && right !== undefined && findings.length === 0)
    append(
      findings,
      clashingNames(
        'suffix',
        joinedNames(p, left.columns, right.columns).map((c) => c.name),
      ),
    );
  return findings;
}

/** More would be a list to search, which the setting has. */
const mostShared = 3;

/** Columns that both tables have, texts first: a number of the same name is more often a measure than a key. */
function sharedNames(left: readonly Column[], right: readonly Column[]): string[] {
  const shared = left.filter((c) => right.some((r) => r.name === c.name && typeFamily(r.type) === typeFamily(c.type)));
  const isText = (c: Column): boolean => typeFamily(c.type) === 'text';
  return [...shared.filter(isText), ...shared.filter((c) => !isText(c))].slice(0, mostShared).map((c) => c.name);
}

function keyFindings(node: string, { keys }: Params, inputs: CheckContext<Params>['inputs'], i: number): Finding[] {
  const key = keys[i];
  if (key === undefined) return [];
  const findings: Finding[] = [];
  for (const side of ['left', 'right'] as const) {
    if (key[side] === '')
      findings.push({
        code: 'param.empty',
        message: `The ${side} column of pair ${i + 1} is not chosen yet.`,
        mend: 'Choose it in the inspector.',
        param: 'keys',
      });
    else
      append(
        findings,
        missingColumn({ node, param: 'keys' }, key[side], inputs[side], (near) =>
          keys.with(i, { ...key, [side]: near }),
        ).map((f) => ({ ...f, message: `The ${side} table has no column "${key[side]}".` })),
      );
  }
  const types = (['left', 'right'] as const).map(
    (side) => inputs[side]?.columns.find((c) => c.name === key[side])?.type,
  );
  const [a, b] = types;
  if (a !== undefined && b !== undefined && typeFamily(a) !== typeFamily(b))
    findings.push({
      code: 'join.types',
      message: `"${key.left}" (${a}) and "${key.right}" (${b}) are of different types, so they cannot be compared.`,
      mend: 'Give one of them the type of the other before.',
      param: 'keys',
      column: key.right,
      ...(typeFamily(a) === 'text'
        ? {
            fixes: [
              {
                do: 'insert',
                title: `Make "${key.right}" text before`,
                kind: 'clean.types',
                params: { types: { [key.right]: 'text' } },
                node,
                side: 'before',
                port: 'right',
              },
            ],
          }
        : {}),
    });
  return findings;
}
