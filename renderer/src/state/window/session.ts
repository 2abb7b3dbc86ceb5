/** Begins the window's life: the connection, what it watches, the theme. */
import { toProblem } from '../../../../shared/errors.ts';
import { connect, type ConnectionState } from '../../../../shared/rpc/client.ts';
import { contract, protocolVersion } from '../../../../shared/rpc/contract.ts';
import { host, setHost } from '../../rpc/host.ts';
import { openPipe } from '../../rpc/open-pipe.ts';
import { setRetry, useApp, type Connection } from './app-info.ts';
import { scheduleCheck, watchChecks } from '../runs/check.ts';
import { useDocuments } from '../documents/documents.ts';
import { watchDisk } from '../files/files.ts';
import { receiveUnsent, watchDocuments, windowId } from '../documents/live-documents.ts';
import { deliverUnsent, holdWindow } from '../documents/unsent-work.ts';
import { watchRunEnds } from '../runs/run-commands.ts';
import { reloadWindow } from './reload-window.ts';
import { useKept } from './view.ts';

export function startSession(): void {
  const connection = connect({ contract, protocol: protocolVersion, open: openPipe });
  setHost(connection.api);
  setRetry(connection.retryNow);
  connection.onState(follow);
  follow(connection.state());
  // A browser lets a hidden page wait for long between two tries.
  const lookAgain = (): void => {
    if (document.visibilityState === 'visible' && connection.state().name === 'lost') connection.retryNow();
  };
  document.addEventListener('visibilitychange', lookAgain);
  window.addEventListener('focus', lookAgain);
  watchChecks();
  holdWindow(windowId);
  watchDocuments();
  watchRunEnds();
  watchDisk();
  watchTheme();
  void watchHost();
}

function follow(state: ConnectionState): void {
  const before = useApp.getState().connection;
  if (state.name === 'lost' && state.problem.code === 'connection.version') reloadWindow();
  useApp.setState({ connection: nameOf(state, before) });
  if (state.name !== 'open') return;
  void readInfo();
  void deliverUnsent(receiveUnsent);
  // What was asked while the host was away was not answered.
  for (const draft of useDocuments.getState().order) scheduleCheck(draft, 0);
}

/** While it is tried again, what was so before is still so. */
function nameOf(state: ConnectionState, before: Connection): Connection {
  if (state.name === 'open') return 'ready';
  if (state.name === 'lost') return state.problem.code === 'connection.session-ended' ? 'ended' : 'lost';
  return before === 'ready' ? 'lost' : before;
}

async function readInfo(): Promise<void> {
  try {
    useApp.setState({ info: await host()['app.info']({}) });
  } catch (thrown) {
    useApp.setState({ problem: toProblem(thrown) });
  }
}

/** Memory and cache once a second, and what changed elsewhere; both come back by themselves after a lost connection. */
async function watchHost(): Promise<void> {
  void (async () => {
    for await (const change of endless(() => host()['host.changes']({}, { resume: () => ({}) }))) {
      useApp.setState((s) => ({
        changes: Object.fromEntries([
          ...Object.entries(s.changes),
          ...change.what.map((what) => [what, (s.changes[what] ?? 0) + 1] as const),
        ]),
      }));
      if (change.what.includes('cache') || change.what.includes('files'))
        for (const draft of useDocuments.getState().order) scheduleCheck(draft);
    }
  })();
  for await (const status of endless(() => host()['app.status']({}, { resume: () => ({}) })))
    useApp.setState({ status });
}

/** Opens a subscription again whenever it ends or breaks. */
async function* endless<T>(open: () => AsyncIterable<T>): AsyncGenerator<T> {
  for (;;) {
    try {
      yield* open();
    } catch {
      // The connection's own state tells the person.
    }
    await new Promise((resolve) => setTimeout(resolve, 2000));
  }
}

function watchTheme(): void {
  const apply = (): void => {
    const { theme } = useKept.getState();
    if (theme === 'system') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  };
  apply();
  useKept.subscribe(apply);
}
