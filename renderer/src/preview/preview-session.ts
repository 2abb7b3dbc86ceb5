/** The table that the drawer looks at: opened once for all its tabs, opened anew when the content behind the port changes. */
import { useEffect } from 'react';
import { create } from 'zustand';
import { toProblem, type Problem } from '../../../shared/errors.ts';
import type { Answer } from '../rpc/host-client.ts';
import { useCheck } from '../state/runs/check.ts';
import { documentOf } from '../state/documents/documents.ts';
import { closePreview, openPreview } from './open-previews.ts';
import { usePreviewTarget, type PreviewTarget } from '../state/window/preview-target.ts';

export type OpenPreview = Answer<'preview.open'>;
export interface PreviewSession {
  /** What is shown, and from which content. */
  target: PreviewTarget;
  content: string;
  open: OpenPreview;
}
interface SessionState {
  session: PreviewSession | null;
  /** What is being opened; the session before stays to be seen, marked as old. */
  opening: string | null;
  failure: { content: string; problem: Problem } | null;
}
export const useSession = create<SessionState>()(() => ({ session: null, opening: null, failure: null }));

export interface PreviewView {
  target: PreviewTarget | null;
  session: PreviewSession | null;
  /** The session is of an earlier state: its rows are on their way out. */
  isOld: boolean;
  problem: Problem | null;
  retry: () => void;
}

const sameTarget = (a: PreviewTarget, b: PreviewTarget): boolean =>
  a.draft === b.draft && a.node === b.node && a.port === b.port;

/** The preview of the chosen port, of a table only. Several panels may ask; one preview is open. */
export function usePreview(): PreviewView {
  const target = usePreviewTarget();
  const node = target?.node ?? '';
  const key = useCheck((result) => result?.nodes[node]?.key ?? null);
  // A result that a run has left is looked at anew, though the recipe is the same.
  const state = useCheck((result) => result?.nodes[node]?.freshness.state ?? '');
  const run = useCheck((result) => result?.nodes[node]?.freshness.run ?? '');
  const isChecked = useCheck((result) => result !== undefined);
  const content =
    target === null || target.wire !== 'table' || !isChecked
      ? null
      : `${target.draft} ${node}.${target.port} ${key ?? 'no key'} ${state} ${run}`;
  const { session, opening, failure } = useSession();
  useEffect(() => {
    if (target !== null && content !== null) void openSession(target, content);
    // The content names the target.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [content]);
  const isFit = session !== null && target !== null && sameTarget(session.target, target);
  const problem = failure !== null && failure.content === content ? failure.problem : null;
  return {
    target,
    session: isFit && problem === null ? session : null,
    isOld: isFit && (session.content !== content || opening !== null),
    problem,
    retry: () => {
      if (target !== null && content !== null) void openSession(target, content, true);
    },
  };
}

let asking: AbortController | undefined;

/** Makes it the session, unless it is that already or is on its way to it. */
export async function openSession(target: PreviewTarget, content: string, anew = false): Promise<void> {
  const now = useSession.getState();
  if (!anew) {
    if (now.opening === content || now.failure?.content === content) return;
    if (now.session?.content === content) {
      // Back before the other was there: that may not take its place any more.
      if (now.opening !== null) {
        asking?.abort();
        useSession.setState({ opening: null });
      }
      return;
    }
  }
  const document = documentOf(target.draft);
  if (document === undefined) return;
  asking?.abort();
  const abort = new AbortController();
  asking = abort;
  useSession.setState({ opening: content, failure: null });
  try {
    const pipeline = { path: document.path, file: document.file };
    const answer = await openPreview({ pipeline, node: target.node, port: target.port }, abort.signal);
    if (abort.signal.aborted) return closePreview(answer.preview);
    const old = useSession.getState().session;
    useSession.setState({ session: { target, content, open: answer }, opening: null });
    if (old !== null && old.open.preview !== answer.preview) closePreview(old.open.preview);
  } catch (thrown) {
    if (!abort.signal.aborted) useSession.setState({ opening: null, failure: { content, problem: toProblem(thrown) } });
  }
}
