/** Rows that a node answers one by one, and those that got no answer: told in the same words, and held to the same limit, by every kind where rows fail alone. */
import { fail, FlowyardError, type Problem } from '../errors.ts';
import type { ReportBlock } from '../report.ts';
import type { Finding } from '../spec/define-spec.ts';

/** Something that failed, and the rows that go without for it. */
export interface FailedRow {
  problem: Pick<Problem, 'code' | 'message'> & Partial<Problem>;
  rows: number;
}
export interface RowFailures {
  failed: readonly FailedRow[];
  /** All that were asked for, failed or not. */
  rows: number;
  /** What rows are called here. Default: rows. */
  noun?: { one: string; many: string };
  /** What becomes of those that fail. Default: that the rows say why, and the next run asks anew. */
  after?: string;
}
/** What becomes of rows that cannot be read where others can. */
export const afterFailed = 'They have no value here. Replace the files, or filter the rows.';
/** Reasons that are the row's own: what it holds cannot be read, however it is asked. */
const ofTheRow = new Set(['audio.damaged', 'audio.gone', 'audio.too-short', 'image.damaged', 'image.gone']);

/** What one row gives, or why it gives nothing. All that is no fault of the row goes on as it was thrown. */
export async function orFailed<T>(rows: number, work: () => Promise<T>): Promise<{ value: T } | { failed: FailedRow }> {
  try {
    return { value: await work() };
  } catch (thrown) {
    if (thrown instanceof FlowyardError && ofTheRow.has(thrown.code))
      return { failed: { problem: thrown.problem, rows } };
    throw thrown;
  }
}

interface Reason {
  says: string;
  rows: number;
}
const mostReasons = 3;

/**
 * @param failShare the node fails when this share of its rows failed, or more; null: never
 * @returns what to warn of, where some rows failed @throws `rows.failed`
 */
export function judgeFailedRows(failures: RowFailures, failShare: number | null): Finding | undefined {
  const failed = failures.failed.reduce((sum, one) => sum + one.rows, 0);
  const [first] = failures.failed;
  if (first === undefined || failed === 0) return undefined;
  const message = `${sayHowMany(failed, failures)}: ${sayReasons(reasonsOf(failures.failed))}.`;
  const facts = { failed, rows: failures.rows, reason: first.problem.code };
  if (failShare !== null && failed / failures.rows >= failShare)
    throw tooMany(first, message, failShare, failed < failures.rows, facts);
  return {
    code: 'rows.failed',
    severity: 'warning',
    message,
    mend: failures.after ?? 'Their rows say why; the next run asks them again, and them alone.',
    facts,
  };
}

function tooMany(
  { problem }: FailedRow,
  message: string,
  failShare: number,
  isPart: boolean,
  facts: Problem['facts'],
): FlowyardError {
  const limit = isPart ? `At ${sayShare(failShare)} of failed rows the node fails ("Failing share"). ` : '';
  return fail('rows.failed', {
    message,
    mend: `${limit}${problem.mend ?? 'Look at the rows and the settings.'}`,
    ...(problem.param === undefined ? {} : { param: problem.param }),
    ...(problem.column === undefined ? {} : { column: problem.column }),
    ...(facts === undefined ? {} : { facts }),
  });
}

function sayHowMany(failed: number, { rows, noun = { one: 'row', many: 'rows' } }: RowFailures): string {
  if (failed < rows) return `${count(failed)} of ${count(rows)} ${noun.many} failed`;
  return rows === 1 ? `The only ${noun.one} failed` : `All ${count(rows)} ${noun.many} failed`;
}
function sayReasons(reasons: readonly Reason[]): string {
  const bare = (text: string): string => text.replace(/[.\s]+$/, '');
  const [only] = reasons;
  if (only !== undefined && reasons.length === 1) return bare(only.says);
  const named = reasons.slice(0, mostReasons).map(({ says, rows }) => `${bare(says)} (${count(rows)})`);
  const more = reasons.length - named.length;
  return `${named.join('; ')}${more > 0 ? `; and ${count(more)} other reasons` : ''}`;
}
const sayShare = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;
const count = (n: number): string => n.toLocaleString('en-US');

/** How often each reason was given, the most frequent first. */
function reasonsOf(failed: readonly FailedRow[]): Reason[] {
  const reasons = new Map<string, number>();
  for (const { problem, rows } of failed) reasons.set(problem.message, (reasons.get(problem.message) ?? 0) + rows);
  return [...reasons].map(([says, rows]) => ({ says, rows })).sort((a, b) => b.rows - a.rows);
}

/** For a report: why rows failed, and how many. */
export function failuresBlocks({ failed }: Pick<RowFailures, 'failed'>): ReportBlock[] {
  const reasons = reasonsOf(failed);
  if (reasons.length === 0) return [];
  return [
    {
      type: 'table',
      title: 'Failures',
      columns: [
        { name: 'why', title: 'Why', align: 'left' },
        { name: 'count', title: 'Rows', align: 'right' },
      ],
      rows: reasons.slice(0, 50).map(({ says, rows }) => [says, rows]),
      ...(reasons.length > 50 ? { caption: `The 50 most frequent of ${count(reasons.length)} reasons.` } : {}),
    },
  ];
}
