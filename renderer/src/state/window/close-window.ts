/** The desktop's window is to close: it answers once nothing would be lost, and asks its person where work is not saved. */
import type { CloseReason } from '../../../../shared/desktop-bridge.ts';
import { isDirty, useDocuments, type OpenDocument } from '../documents/documents.ts';
import { useOverlay } from './overlay.ts';
import { waitUntilStored } from '../documents/wait-until-stored.ts';

let answerOpen: ((yes: boolean) => void) | undefined;

export const unsavedDocuments = (): OpenDocument[] => {
  const { documents, order } = useDocuments.getState();
  return order.flatMap((draft) => {
    const document = documents[draft];
    return document !== undefined && isDirty(document) && Object.keys(document.file.nodes).length > 0 ? document : [];
  });
};

export async function askToClose(why: CloseReason, asks: () => void): Promise<boolean> {
  answerClose(false);
  if (why === 'system') {
    // The system waits for nobody: what is written down by then is kept.
    await waitUntilStored(systemWaitMs);
    return true;
  }
  if (unsavedDocuments().length === 0) return true;
  asks();
  return new Promise((resolve) => {
    answerOpen = resolve;
    useOverlay.setState({ open: { name: 'close-window' } });
    // Whatever takes the question away, it was not a yes.
    const stop = useOverlay.subscribe(({ open }) => {
      if (open?.name === 'close-window') return;
      stop();
      answerClose(false);
    });
  });
}

export function answerClose(yes: boolean): void {
  const answer = answerOpen;
  answerOpen = undefined;
  answer?.(yes);
}

const systemWaitMs = 1500;
