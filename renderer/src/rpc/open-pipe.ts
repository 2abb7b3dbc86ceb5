/** How this window reaches its host: in the desktop shell by a port that the shell hands over, in a browser by a socket to where it was served from. */
import { fail } from '../../../shared/errors.ts';
import type { DesktopBridge } from '../../../shared/desktop-bridge.ts';
import { messagePortPipe } from '../../../shared/rpc/message-port.ts';
import type { Pipe } from '../../../shared/rpc/pipe.ts';
import { openSocketPipe } from '../../../shared/rpc/web-socket.ts';
import { t } from '../text/t.ts';

declare global {
  interface Window {
    /** What the desktop shell's preload script puts into the window. */
    flowyardShell?: DesktopBridge;
  }
}

export function openPipe(): Promise<Pipe> {
  return window.flowyardShell === undefined ? openSocket() : nextPort(window.flowyardShell);
}

async function openSocket(): Promise<Pipe> {
  try {
    return await openSocketPipe(new WebSocket(socketAddress(location.href)));
  } catch (cause) {
    // A socket never says why it was refused.
    const answer = await fetch('/session', { cache: 'no-store' }).catch(() => undefined);
    if (answer?.status !== 401) throw cause;
    throw fail(
      'connection.session-ended',
      { message: t('app.away.ended.title'), mend: t('app.away.ended.body') },
      { cause },
    );
  }
}

/** `http://127.0.0.1:4173/` → `ws://127.0.0.1:4173/rpc` */
export function socketAddress(page: string): string {
  const url = new URL('/rpc', page);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return url.href;
}

function nextPort(shell: Pick<DesktopBridge, 'requestPort'>): Promise<Pipe> {
  return new Promise((resolve) => {
    const take = (event: MessageEvent<unknown>): void => {
      const port = event.ports[0];
      const says = event.data;
      if (
        event.source !== window ||
        port === undefined ||
        says === null ||
        typeof says !== 'object' ||
        !('flowyard' in says) ||
        says.flowyard !== 'port'
      )
        return;
      window.removeEventListener('message', take);
      resolve(messagePortPipe(port));
    };
    window.addEventListener('message', take);
    shell.requestPort();
  });
}
