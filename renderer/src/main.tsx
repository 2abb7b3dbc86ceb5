import './theme/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.tsx';
import { followDesktop } from './app/follow-desktop.ts';
import { watchConnection } from './app/load-again.ts';
import { watchBuild } from './state/new-build.ts';
import { keepTabs } from './state/last-tabs.ts';
import { keepWhatIsOpen, openWhatWasOpen } from './state/reload-window.ts';
import { keepScreenHistory } from './state/screen-history.ts';
import { startSession } from './state/session.ts';

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
