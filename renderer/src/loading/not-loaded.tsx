import { useEffect } from 'react';
import type { Problem } from '../../../shared/errors.ts';
import { closeOverlay, useOverlay } from '../state/window/overlay.ts';
import { reloadWindow } from '../state/window/reload-window.ts';
import { toastProblem } from '../state/window/toasts.ts';
import { t } from '../text/t.ts';
import { Button } from '../theme/button.tsx';
import { EmptyState } from '../theme/surface.tsx';
import { loadAgain } from './load-again.ts';

export interface NotLoadedProps {
  problem: Problem;
}

/** Another attempt cannot help: only the window as a whole can be loaded anew. */
const needsReload = ({ code }: Problem): boolean => code === 'window.other-build' || code === 'window.part-broken';

/** In the place of a part that could not be loaded. */
export function NotLoaded({ problem }: NotLoadedProps) {
  return (
    <div role="alert">
      <EmptyState title={problem.message} hint={problem.mend}>
        {needsReload(problem) ? (
          <Button look="primary" onPress={reloadWindow}>
            {t('app.crash.reload')}
          </Button>
        ) : (
          <Button look="primary" onPress={loadAgain}>
            {t('app.crash.again')}
          </Button>
        )}
      </EmptyState>
    </div>
  );
}

/** A dialog that could not be loaded: what lies behind it is in nobody's way. */
export function DialogNotLoaded({ problem }: NotLoadedProps) {
  useEffect(() => {
    const { open } = useOverlay.getState();
    closeOverlay();
    toastProblem(
      problem,
      needsReload(problem)
        ? { title: t('app.crash.reload'), run: reloadWindow }
        : { title: t('app.crash.again'), run: () => useOverlay.setState({ open }) },
    );
  }, [problem]);
  return null;
}

/** The screen beside it says what is wrong. */
export const SilentlyNotLoaded = (): null => null;
