/** Starts the page: picks the bridge of this shell, wires the stores, mounts the app. */
import '@fontsource-variable/inter/wght.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import '@xterm/xterm/css/xterm.css';
import './styles/tokens.css';
import './styles/base.css';
import './styles/buttons.css';
import './styles/fields.css';
import './styles/dialogs.css';
import './styles/hostKeys.css';
import './styles/disclosure.css';
import './styles/content.css';
import './styles/shell.css';
import './features/library/library.css';
import './features/library/paper.css';
import './features/start/start.css';
import './features/run/run.css';
import './features/run/stepsPanel.css';
import './features/run/stepCard.css';
import './features/run/terminalPane.css';
import './features/run/groupBoard.css';
import './features/run/linkNotes.css';
import './features/run/kinds.css';
import './features/evidence/evidence.css';
import './features/requests/requests.css';
import './features/people/people.css';
import './features/bundle/bundle.css';
import './features/player/player.css';
import './features/compare/compare.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { createPortBridge } from './api/portBridge.ts';
import { createClient } from './api/client.ts';
import { takeToken } from './api/token.ts';
import { createWsBridge } from './api/wsBridge.ts';
import { Shell } from './app/Shell.tsx';
import { createApp } from './state/app.ts';
import { pageWake } from './state/wake.ts';
import { AppContext } from './state/useApp.ts';

function pickBridge(): ReturnType<typeof createWsBridge> {
  if (window.holdpoint !== undefined) return createPortBridge(window.holdpoint, window);
  const token = takeToken({ location, history, storage: sessionStorage });
  return createWsBridge({ url: `ws://${location.host}/ws`, token });
}

const root = document.getElementById('root');
if (root !== null) {
  const app = createApp(createClient(pickBridge()), pageWake());
  createRoot(root).render(
    <StrictMode>
      <AppContext value={app}>
        <Shell />
      </AppContext>
    </StrictMode>,
  );
}
