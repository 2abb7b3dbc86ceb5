/** Asks a page whether its window may close. A page that does not hear the question is told of by main, so that no window is impossible to close. */
import type { CloseReason } from '../shared/desktop-bridge.ts';

export interface AskToCloseOptions {
  send: (id: number, why: CloseReason) => void;
  /** The page asks its person: it comes to the front. */
  onAsks: () => void;
  /** Nobody heard: whether the person closes it all the same. */
  askAboutDeaf: () => Promise<boolean>;
}
export interface AskToClose {
  ask: (why: CloseReason) => Promise<boolean>;
  heard: (id: number, asks: boolean) => void;
  answered: (id: number, yes: boolean) => void;
  /** The page is gone: nobody answers any more, and nothing is in it. */
  forget: () => void;
}

/** A page that computes may be deaf for a second. */
const deafMs = 5000;
/** The system ends soon, whatever a window says. */
const systemMs = 2000;

export function makeAskToClose({ send, onAsks, askAboutDeaf }: AskToCloseOptions): AskToClose {
  let last = 0;
  let open:
    | { id: number; why: CloseReason; deaf: ReturnType<typeof setTimeout>; settle: (yes: boolean) => void }
    | undefined;

  function settle(id: number, yes: boolean): void {
    if (open?.id !== id) return;
    clearTimeout(open.deaf);
    const { settle: done } = open;
    open = undefined;
    done(yes);
  }

  return {
    ask: (why) =>
      new Promise((resolve) => {
        // Asked a second time before it has answered: the last question counts.
        if (open !== undefined) settle(open.id, false);
        const id = ++last;
        const deaf = setTimeout(
          () => {
            if (why === 'system') return settle(id, true);
            void askAboutDeaf().then((yes) => settle(id, yes));
          },
          why === 'system' ? systemMs : deafMs,
        );
        open = { id, why, deaf, settle: resolve };
        send(id, why);
      }),
    heard: (id, asks) => {
      if (open?.id !== id) return;
      if (open.why !== 'system') clearTimeout(open.deaf);
      if (asks) onAsks();
    },
    answered: settle,
    forget: () => {
      if (open !== undefined) settle(open.id, true);
    },
  };
}
