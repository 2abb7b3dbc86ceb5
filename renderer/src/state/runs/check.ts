/** What the host says of each open pipeline as it is now: problems, schemas, freshness, the plan. The last answer stays until the next. */
import { create } from 'zustand';
import { toProblem, type Problem } from '../../../../shared/errors.ts';
import { wholeAnswer } from '../../../../shared/rpc/check-answer.ts';
import type { CheckResult } from '../../../../shared/rpc/contract/check.ts';
import type { TableSchema } from '../../../../shared/wires.ts';
import { linksOf } from '../../../../shared/pipeline/edits/ports.ts';
import { host } from '../../rpc/host.ts';
import { documentOf, useDocuments } from '../documents/documents.ts';
import { reuse } from './reuse.ts';

interface CheckState {
  /** Parts that did not change between two answers stay the same objects. */
  results: Readonly<Record<string, CheckResult | undefined>>;
  /** The problems of each node, by its id. */
  problems: Readonly<Record<string, Readonly<Record<string, readonly Problem[]>> | undefined>>;
  /** Drafts whose answer is of an older state than the pipeline. */
  pending: Readonly<Record<string, boolean | undefined>>;
  /** Why the host could not check at all. */
  failures: Readonly<Record<string, Problem | undefined>>;
}
export const useChecks = create<CheckState>()(() => ({ results: {}, problems: {}, pending: {}, failures: {} }));

/** A slice of the check of the pipeline in front. */
export function useCheck<T>(slice: (result: CheckResult | undefined) => T): T {
  const draft = useDocuments((s) => s.active);
  return useChecks((s) => slice(draft === null ? undefined : s.results[draft]));
}
export const checkOf = (draft: string | null): CheckResult | undefined =>
  draft === null ? undefined : useChecks.getState().results[draft];

/** Why the pipeline in front could not be checked; a connection that is lost is told by its own banner. */
export function useCheckFailure(): Problem | null {
  const draft = useDocuments((s) => s.active);
  const failure = useChecks((s) => (draft === null ? undefined : s.failures[draft]));
  return failure === undefined || failure.code.startsWith('connection.') ? null : failure;
}

const noProblems: readonly Problem[] = [];
export function useNodeProblems(node: string): readonly Problem[] {
  const draft = useDocuments((s) => s.active);
  return useChecks((s) => (draft === null ? undefined : s.problems[draft]?.[node]) ?? noProblems);
}

function byNode(problems: readonly Problem[]): Record<string, Problem[]> {
  const grouped: Record<string, Problem[]> = {};
  for (const problem of problems) if (problem.node !== undefined) (grouped[problem.node] ??= []).push(problem);
  return grouped;
}

/** The schema on an input port: that of the output wired to it. A port with several wires gives the first. */
export function useInputSchema(node: string, port: string): TableSchema | undefined {
  const source = useDocuments((s) => {
    const file = s.active === null ? undefined : s.documents[s.active]?.file;
    const link = file && linksOf(file).find((l) => l.to.node === node && l.to.port === port);
    return link && `${link.from.node}.${link.from.port}`;
  });
  return useCheck((result) => (source === undefined ? undefined : result?.schemas[source]));
}

/** Waits for a pause in typing, but short enough to feel immediate. */
const debounceMs = 150;
const timers = new Map<string, ReturnType<typeof setTimeout>>();
const asking = new Map<string, AbortController>();
/** The names of the answers that `results` holds. */
const answers = new Map<string, string>();
/** A check that failed is asked again by itself so often, each time after a longer pause: nobody may change anything, and then wait for ever. */
const againMs = [1000, 4000, 15_000];
/** What the same pipeline would end in once more, and every preview of the process with it. */
const lasting: ReadonlySet<string> = new Set(['run.out-of-memory', 'run.crashed']);
const failedTimes = new Map<string, number>();

/** Asks again soon; a question under way is dropped. */
export function scheduleCheck(draft: string, delayMs = debounceMs): void {
  failedTimes.delete(draft);
  askIn(draft, delayMs);
}

function askIn(draft: string, delayMs: number): void {
  clearTimeout(timers.get(draft));
  useChecks.setState((s) => (s.pending[draft] === true ? s : { pending: { ...s.pending, [draft]: true } }));
  timers.set(
    draft,
    setTimeout(() => void check(draft), delayMs),
  );
}

async function check(draft: string): Promise<void> {
  timers.delete(draft);
  const document = documentOf(draft);
  asking.get(draft)?.abort();
  if (document === undefined) return;
  const abort = new AbortController();
  asking.set(draft, abort);
  try {
    const known = answers.get(draft);
    const answer = await host()['plan.check'](
      { pipeline: { path: document.path, file: document.file }, to: null, ...(known === undefined ? {} : { known }) },
      { signal: abort.signal },
    );
    if (abort.signal.aborted) return;
    const result = wholeAnswer(checkOf(draft), answer);
    answers.set(draft, answer.answer);
    failedTimes.delete(draft);
    useChecks.setState((s) => ({
      results: { ...s.results, [draft]: reuse(s.results[draft], result) },
      problems: { ...s.problems, [draft]: reuse(s.problems[draft], byNode(result.problems)) },
      failures: { ...s.failures, [draft]: undefined },
      pending: { ...s.pending, [draft]: timers.has(draft) },
    }));
  } catch (thrown) {
    if (abort.signal.aborted) return;
    const problem = toProblem(thrown);
    const times = failedTimes.get(draft) ?? 0;
    const nextMs = lasting.has(problem.code) ? undefined : againMs[times];
    if (nextMs !== undefined && !timers.has(draft)) {
      askIn(draft, nextMs);
      failedTimes.set(draft, times + 1);
    }
    useChecks.setState((s) => ({
      failures: { ...s.failures, [draft]: problem },
      pending: { ...s.pending, [draft]: timers.has(draft) },
    }));
  } finally {
    if (asking.get(draft) === abort) asking.delete(draft);
  }
}

/** Checks every document after each of its changes, until the returned function is called. */
export function watchChecks(): () => void {
  for (const draft of useDocuments.getState().order) scheduleCheck(draft, 0);
  return useDocuments.subscribe((now, before) => {
    for (const [draft, document] of Object.entries(now.documents)) {
      const old = before.documents[draft];
      // Moving cards changes no result: layout, notes and groups are not asked about.
      if (old === undefined) scheduleCheck(draft, 0);
      else if (
        old.file.nodes !== document.file.nodes ||
        old.file.wires !== document.file.wires ||
        old.file.parameters !== document.file.parameters ||
        old.path !== document.path
      )
        scheduleCheck(draft);
    }
    for (const draft of Object.keys(before.documents)) if (now.documents[draft] === undefined) forget(draft);
  });
}

function forget(draft: string): void {
  clearTimeout(timers.get(draft));
  timers.delete(draft);
  asking.get(draft)?.abort();
  answers.delete(draft);
  failedTimes.delete(draft);
  useChecks.setState((s) => ({
    results: { ...s.results, [draft]: undefined },
    problems: { ...s.problems, [draft]: undefined },
    pending: { ...s.pending, [draft]: undefined },
    failures: { ...s.failures, [draft]: undefined },
  }));
}
