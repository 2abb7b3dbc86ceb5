/** What only the marked rows can tell: parts that came out empty, classes too rare to share out, missing targets and times. */
import { append } from '../../../shared/append.ts';
import type { QueryRows, TableRef } from '../../../shared/capabilities.ts';
import type { Finding } from '../../../shared/kind/define-spec.ts';
import { id, sql } from '../../../shared/sql.ts';
import { partitionColumn } from '../../../shared/wires.ts';
import { alikeClasses } from './alike-classes.ts';
import { equalRowFindings } from './equal-row-findings.ts';
import { rowNumberFindings } from './row-number-findings.ts';
import { dividesBy } from './spec.ts';
import { keepsShares, rowsForEachPart, type SplitParams } from './split-sql.ts';

export async function examineSplit(
  node: string,
  output: TableRef,
  p: SplitParams,
  query: QueryRows,
): Promise<Finding[]> {
  const sizes = new Map(
    (await query(sql`SELECT ${id(partitionColumn)} AS part, count(*) AS n FROM ${output.ref} GROUP BY 1`)).map(
      (row) => [String(row['part']), Number(row['n'])],
    ),
  );
  const rows = [...sizes.values()].reduce((sum, n) => sum + n, 0);
  if (rows === 0)
    return [
      {
        code: 'split.no-rows',
        message: 'There are no rows to divide.',
        mend: 'Look at the node before: did a filter take all rows?',
      },
    ];
  const findings: Finding[] = [...emptyParts(sizes, p)];
  const target = output.columns.find((c) => c.name === p.target);
  if (target !== undefined) {
    const missing = Number(
      (await query(sql`SELECT count(*) AS n FROM ${output.ref} WHERE ${id(target.name)} IS NULL`))[0]?.['n'] ?? 0,
    );
    if (missing === rows)
      findings.push({
        code: 'split.no-target',
        message: `"${target.name}" is missing in every row, so there is nothing to learn.`,
        mend: 'Choose another target.',
        param: 'target',
        column: target.name,
      });
    else if (missing > 0)
      findings.push({
        code: 'split.target-missing',
        severity: 'warning',
        message: `"${target.name}" is missing in ${count(missing, 'row')}; trainers and metrics leave ${missing === 1 ? 'it' : 'them'} out.`,
        mend: 'Drop them before, if they should not be there.',
        param: 'target',
        column: target.name,
        facts: { rows: missing },
      });
    append(findings, await alikeClasses(node, output, target, query));
    if (keepsShares(p, target) && !/INT/.test(target.type)) append(findings, await rareClasses(output, p, query));
  }
  if (dividesBy(p) === 'time') {
    const missing = Number(
      (await query(sql`SELECT count(*) AS n FROM ${output.ref} WHERE ${id(p.time)} IS NULL`))[0]?.['n'] ?? 0,
    );
    if (missing > 0)
      findings.push({
        code: 'split.time-missing',
        severity: 'warning',
        message: `${count(missing, 'row')} without "${p.time}" ${missing === 1 ? 'counts' : 'count'} as the earliest.`,
        mend: 'Drop such rows before.',
        param: 'time',
        column: p.time,
        facts: { rows: missing },
      });
  }
  append(findings, await rowNumberFindings(node, output, p, rows, query));
  append(findings, await equalRowFindings(node, output, p, rows, query));
  return findings;
}

function emptyParts(sizes: ReadonlyMap<string, number>, p: SplitParams): Finding[] {
  const wanted =
    p.method === 'folds'
      ? Array.from({ length: p.folds }, (_, i) => `fold ${i + 1}`)
      : ['train', ...(p.validationFraction > 0 ? ['validation'] : [])];
  if (p.testFraction > 0) wanted.push('test');
  const empty = wanted.filter((part) => !sizes.has(part));
  if (empty.length === 0) return [];
  const by = dividesBy(p);
  return [
    {
      code: 'split.empty-part',
      severity: 'warning',
      message: `No rows came into ${empty.join(', ')}.`,
      mend:
        by === 'group'
          ? 'There are too few groups, or one is very large: use a larger share or fewer folds.'
          : by === 'time'
            ? 'Too many rows share one time: use a larger share or fewer folds.'
            : 'There are too few different rows: use a larger share or fewer folds.',
      param: p.method === 'folds' ? 'folds' : 'testFraction',
      facts: { empty },
    },
  ];
}

const mostRare = 1000;
async function rareClasses(output: TableRef, p: SplitParams, query: QueryRows): Promise<Finding[]> {
  const needed = rowsForEachPart(p);
  const rare = await query(
    sql`SELECT CAST(${id(p.target)} AS VARCHAR) AS label, count(*) AS n FROM ${output.ref} WHERE ${id(p.target)} IS NOT NULL GROUP BY 1 HAVING count(*) < ${needed} ORDER BY 2, 1 LIMIT ${mostRare}`,
  );
  if (rare.length === 0) return [];
  const said = rare.slice(0, 3).map((row) => `"${String(row['label'])}"`);
  return [
    {
      code: 'split.rare-classes',
      severity: 'warning',
      message: `${rare.length === 1 ? 'The class' : `${rare.length === mostRare ? 'At least ' : ''}${rare.length.toLocaleString('en-US')} classes`} ${said.join(', ')}${rare.length > 3 ? ' …' : ''} ${rare.length === 1 ? 'has' : 'have'} fewer than ${needed} rows, too few for every part${dividesBy(p) === 'rows' ? '; such rows were divided at random' : ''}.`,
      mend: 'Gather more rows, merge rare classes, or drop them before.',
      param: 'target',
      column: p.target,
      facts: { classes: rare.map((row) => String(row['label'])) },
    },
  ];
}

const count = (n: number, noun: string): string => `${n.toLocaleString('en-US')} ${noun}${n === 1 ? '' : 's'}`;
