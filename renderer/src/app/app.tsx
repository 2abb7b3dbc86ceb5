import { Suspense, useEffect, type DragEvent } from 'react';
import { toProblem } from '../../../shared/errors.ts';
import { handleKeys, isTyping } from '../actions/handle-keys.ts';
import { pasteText } from '../drawing/canvas-commands.ts';
import { StartScreen } from '../start/start-screen.tsx';
import { useAnnouncement } from '../theme/announce.ts';
import { isAway, useApp } from '../state/window/app-info.ts';
import { isReloading } from '../state/window/reload-window.ts';
import { isDirty, useActive, useDocuments } from '../state/documents/documents.ts';
import { takeDropped } from '../state/files/dropped.ts';
import { documentTitle } from '../state/files/files.ts';
import { useOverlay } from '../state/window/overlay.ts';
import { toastProblem } from '../state/window/toasts.ts';
import { useView } from '../state/window/view.ts';
import { t } from '../text/t.ts';
import { openDropped } from '../readers/open-dropped.ts';
import styles from './app.module.css';
import { AwayBanner } from './away-banner.tsx';
import { ErrorBoundary } from './error-boundary.tsx';
import { focusPanel, isFocusFree } from '../state/window/panels.ts';
import { Rail } from './bars/rail.tsx';
import { loadSideScreens, SideScreens } from './side-screens.tsx';
import { StatusBar } from './bars/status-bar.tsx';
import { Toasts } from './toasts.tsx';
import { TopBar } from './bars/top-bar.tsx';
import { loadDialogs, loadWorkbench, OpenDialog, PipelineScreen } from './workbench.ts';

/** The window: top bar, rail, the screen in front, status; over it dialogs and messages. */
export function App() {
  useWindowKeys();
  useWindowTitle();
  useScreenFocus();
  useUnloadGuard();
  usePreload();
  // A fault is of what was shown: another screen, another pipeline is not hidden by it.
  const shown = useView((s) => JSON.stringify(s.screen));
  const active = useDocuments((s) => s.active);
  const screen = `${active} ${shown}`;
  const dialog = useOverlay((s) => JSON.stringify(s.open));
  return (
    <div className={styles.window} onDragOver={allowFiles} onDrop={dropFiles}>
      <TopBar />
      <Rail />
      <main className={styles.main}>
        <AwayBanner />
        <ErrorBoundary of={screen}>
          <Screen />
        </ErrorBoundary>
      </main>
      <StatusBar />
      <ErrorBoundary of={dialog}>
        <Dialogs />
      </ErrorBoundary>
      <Toasts />
      <Announcer />
    </div>
  );
}

function Screen() {
  const name = useView((s) => s.screen.name);
  const connected = useApp((s) => s.info !== null);
  const connection = useApp((s) => s.connection);
  const open = useDocuments((s) => s.active !== null);
  if (!connected && !open)
    return (
      <div className={styles.connecting}>
        <b>{t('app.connecting.title')}</b>
        {!isAway(connection) && <p>{t('app.connecting.body')}</p>}
      </div>
    );
  if (name === 'start' || (name === 'pipeline' && !open)) return <StartScreen />;
  return <Suspense fallback={null}>{name === 'pipeline' ? <PipelineScreen /> : <SideScreens />}</Suspense>;
}

/** Waits for nothing while no dialog was ever asked for. */
function Dialogs() {
  const isOpen = useOverlay((s) => s.open !== null);
  return isOpen ? (
    <Suspense fallback={null}>
      <OpenDialog />
    </Suspense>
  ) : null;
}

/** Says aloud what happened; a second region takes turns so that the same words are said again. */
function Announcer() {
  const { text, count } = useAnnouncement();
  return (
    <div className="visually-hidden">
      <div aria-live="polite">{count % 2 === 0 ? text : ''}</div>
      <div aria-live="polite">{count % 2 === 1 ? text : ''}</div>
    </div>
  );
}

function useWindowKeys(): void {
  useEffect(() => {
    const down = (event: KeyboardEvent): void => {
      if (handleKeys(event, 'window')) event.preventDefault();
    };
    // A button takes Enter for itself whatever is held with it, and tells nobody: this asks first.
    const early = (event: KeyboardEvent): void => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || !handleKeys(event, 'window')) return;
      event.preventDefault();
      event.stopPropagation();
    };
    const paste = (event: ClipboardEvent): void => {
      if (isTyping(event.target) || useView.getState().screen.name !== 'pipeline') return;
      if (pasteText(event.clipboardData?.getData('text/plain') ?? '')) event.preventDefault();
    };
    window.addEventListener('keydown', early, { capture: true });
    window.addEventListener('keydown', down);
    document.addEventListener('paste', paste);
    return () => {
      window.removeEventListener('keydown', early, { capture: true });
      window.removeEventListener('keydown', down);
      document.removeEventListener('paste', paste);
    };
  }, []);
}

/** A screen that is reached by a key begins with its list, so that Tab goes on from there and not from nowhere. */
function useScreenFocus(): void {
  const name = useView((s) => s.screen.name);
  useEffect(() => {
    if (name === 'start' || name === 'pipeline') return undefined;
    // Once the screen is there: it is loaded when it is first shown.
    const timer = setInterval(() => {
      if (!isFocusFree() || focusPanel('list')) clearInterval(timer);
    }, 50);
    return () => clearInterval(timer);
  }, [name]);
}

/** Once the first screen can be used, what the next press may want: it is then there before it. */
function usePreload(): void {
  const isThere = useApp((s) => s.info !== null);
  useEffect(() => {
    if (!isThere) return;
    // A failure is told when the thing itself is wanted.
    whenIdle(() => void loadDialogs());
    const timer = setTimeout(() => whenIdle(() => void loadWorkbench().then(loadSideScreens)), settledMs);
    return () => clearTimeout(timer);
  }, [isThere]);
}

/** Canvas and screens take a tenth of a second to be read: the first press is not to wait for them. */
const settledMs = 400;
function whenIdle(work: () => void): void {
  if ('requestIdleCallback' in window) requestIdleCallback(work, { timeout: 1000 });
  else setTimeout(work, 200);
}

function useWindowTitle(): void {
  const title = useActive((d) => (d === undefined ? '' : `${isDirty(d) ? '• ' : ''}${documentTitle(d)}`));
  const workspace = useApp((s) => s.info?.workspaceName ?? '');
  useEffect(() => {
    document.title = [title, workspace, t('common.appName')].filter((part) => part !== '').join(' – ');
  }, [title, workspace]);
}

/** The browser asks before it closes a window with unsaved work. The journal has it in any case; the desktop asks by itself. */
function useUnloadGuard(): void {
  useEffect(() => {
    if (window.flowyardShell !== undefined) return undefined;
    const guard = (event: BeforeUnloadEvent): void => {
      if (
        !isReloading() &&
        Object.values(useDocuments.getState().documents).some((d) => isDirty(d) && Object.keys(d.file.nodes).length > 0)
      )
        event.preventDefault();
    };
    window.addEventListener('beforeunload', guard);
    return () => window.removeEventListener('beforeunload', guard);
  }, []);
}

const allowFiles = (event: DragEvent): void => {
  if (event.dataTransfer.types.includes('Files')) event.preventDefault();
};
/** A file or folder dropped beside the canvas is opened. */
const dropFiles = (event: DragEvent): void => {
  if (!event.dataTransfer.types.includes('Files')) return;
  event.preventDefault();
  takeDropped(event.dataTransfer)
    .then(([first]) => first && openDropped(first))
    .catch((thrown: unknown) => toastProblem(toProblem(thrown)));
};
