import './theme/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { followDesktop } from './app/follow-desktop.ts';
import { watchConnection } from './loading/load-again.ts';
import { watchBuild } from './state/window/new-build.ts';
import { keepTabs } from './state/files/last-tabs.ts';
import { keepWhatIsOpen, openWhatWasOpen } from './state/window/reload-window.ts';
import { keepScreenHistory } from './state/window/screen-history.ts';
import { startSession } from './state/window/session.ts';

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no place for the window');
startSession();
watchBuild();
watchConnection();
openWhatWasOpen();
keepScreenHistory(window);
keepTabs();
keepWhatIsOpen();
followDesktop(window.flowyardShell);
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
