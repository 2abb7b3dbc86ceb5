/** What the host answers but does not keep (a full disk, a folder that takes nothing): said for as long as it is so. */
import { create } from 'zustand';
import type { Problem } from '../../../../shared/errors.ts';

/** By whose work it is: an open pipeline, or what a window that is gone left to the browser. */
const useRefusals = create<{ by: Readonly<Record<string, Problem>> }>()(() => ({ by: {} }));

export function noteRefusal(whose: string, problem: Problem | null): void {
  useRefusals.setState((s) => {
    if (s.by[whose] === (problem ?? undefined)) return s;
    const { [whose]: _before, ...by } = s.by;
    return { by: problem === null ? by : { ...by, [whose]: problem } };
  });
}
export const refusalsNow = (): Problem[] => Object.values(useRefusals.getState().by);
export const useRefusal = (): Problem | undefined => useRefusals((s) => Object.values(s.by)[0]);

/** Whether this is a refusal: neither silence, which the connection tells, nor a pipeline that the window first has to open again. */
export const isRefusal = ({ code }: Problem): boolean =>
  !code.startsWith('connection.') &&
  !['pipeline.not-open', 'host.leaving', 'host.gone', 'call.cancelled'].includes(code);
