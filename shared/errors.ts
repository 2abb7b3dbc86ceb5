/**
 * Every failure that a person may meet has a stable code (`area.problem`), one sentence that says what is wrong, and one that says
 * how to mend it. The engine adds the place (node, parameter) on the way up; nobody wraps twice.
 */
import * as z from 'zod';
import { systemProblem } from './system-problem.ts';

/** One click that mends a problem: a parameter to set on a node, a node to put before or after it, a wire to draw. */
export const fix = z.discriminatedUnion('do', [
  z.object({ do: z.literal('set'), title: z.string(), node: z.string(), param: z.string(), value: z.json() }),
  z.object({
    do: z.literal('insert'),
    title: z.string(),
    kind: z.string(),
    params: z.record(z.string(), z.json()),
    node: z.string(),
    side: z.enum(['before', 'after']),
    port: z.string(),
  }),
  z.object({
    do: z.literal('replace'),
    title: z.string(),
    node: z.string(),
    kind: z.string(),
    params: z.record(z.string(), z.json()),
  }),
  z.object({ do: z.literal('move'), title: z.string(), node: z.string(), before: z.string() }),
  z.object({ do: z.literal('wire'), title: z.string(), wire: z.string() }),
]);
export type Fix = z.output<typeof fix>;

export const problem = z.object({
  code: z.string(),
  severity: z.enum(['error', 'warning']),
  /** What is wrong, in one sentence, naming the column, row or file. */
  message: z.string(),
  /** What to do about it, in one sentence. */
  mend: z.string().optional(),
  node: z.string().optional(),
  param: z.string().optional(),
  port: z.string().optional(),
  column: z.string().optional(),
  /** Values for the message, for programs. */
  facts: z.record(z.string(), z.json()).optional(),
  fixes: z.array(fix).optional(),
});
export type Problem = z.output<typeof problem>;

export type ProblemDetails = Omit<Problem, 'code' | 'severity'>;

export class FlowyardError extends Error {
  readonly problem: Problem;
  constructor(problem: Problem, options?: { cause?: unknown }) {
    super(problem.mend ? `${problem.message} ${problem.mend}` : problem.message, options);
    this.name = 'FlowyardError';
    this.problem = problem;
  }
  get code(): string {
    return this.problem.code;
  }
  /** The same failure with its place filled in where it was unknown. */
  at(place: { node?: string; param?: string; port?: string }): FlowyardError {
    return new FlowyardError({ ...place, ...this.problem }, { cause: this.cause });
  }
}

/** What a person reads says what to do about it, too. */
export type ReportedDetails = ProblemDetails & { mend: string };

/** What a computation says beside its result. */
export type Warning = Problem & { mend: string };

/** `throw fail('csv.ragged-row', { message: 'Row 7 has 4 values, the header has 5.', mend: '…', facts: { row: 7 } })` */
export const fail = (code: string, details: ReportedDetails, options?: { cause?: unknown }): FlowyardError =>
  new FlowyardError({ code, severity: 'error', ...details }, options);

/** A problem that was put in words elsewhere. */
export const failWith = (
  { code, ...details }: ProblemDetails & { code: string },
  options?: { cause?: unknown },
): FlowyardError => new FlowyardError({ severity: 'error', ...details, code }, options);

const reportIt = 'This is a fault in Flowyard: please report it with the log.';

/** Code that was called with what it does not take: no data and no setting of a person leads here. */
export const fault = (code: string, details: Omit<ProblemDetails, 'mend'>): FlowyardError =>
  fail(code, { ...details, mend: reportIt });

/** Somebody ended it on purpose: there is nothing to mend. */
export const cancelled = (code = 'run.cancelled', message = 'Cancelled.'): FlowyardError => failWith({ code, message });

/** The problem inside any thrown value; what the system refused is put in words, a failure that nobody foresaw becomes `internal.unexpected` with its own words. */
export function toProblem(thrown: unknown): Problem {
  if (thrown instanceof FlowyardError) return thrown.problem;
  const refused = systemProblem(thrown);
  if (refused !== undefined) return { severity: 'error', ...refused };
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return {
    code: 'internal.unexpected',
    severity: 'error',
    message,
    mend: reportIt,
  };
}

/** Makes the compiler prove that a closed set was handled to its end. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
