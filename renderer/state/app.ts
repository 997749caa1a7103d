/** All stores of the page, fed by one client. Created once in main.tsx and handed down by context. */
import type {
  DeskInfo,
  LibraryList,
  RehearsalFault,
  RunSummary,
  Settings,
} from '../../electron/contract/calls.ts';
import type { Prompt } from '../../electron/contract/prompts.ts';
import type { StoreApi } from 'zustand/vanilla';
import type { Client } from '../api/client.ts';
import { applyStatus, createConnectionStore, type ConnectionState } from './connection.ts';
import { createNoticesStore, type NoticesStore } from './notices.ts';
import { createRemote, type RemoteStore } from './remote.ts';
import { createWake, type WakeStore, type WakeWorld } from './wake.ts';
import { createRunStore, type RunStore } from './run.ts';

export interface App {
  readonly client: Client;
  readonly connection: StoreApi<ConnectionState>;
  readonly desk: RemoteStore<DeskInfo>;
  readonly settings: RemoteStore<Settings>;
  readonly library: RemoteStore<LibraryList>;
  readonly runs: RemoteStore<readonly RunSummary[]>;
  readonly faults: RemoteStore<readonly RehearsalFault[]>;
  readonly prompts: RemoteStore<readonly Prompt[]>;
  readonly run: RunStore;
  readonly notices: NoticesStore;
  readonly wake: WakeStore;
}

/** Wires the stores to the client's news. After each (re)connect everything on the screen is asked for again. */
export function createApp(client: Client, world: WakeWorld | null = null): App {
  const app: App = {
    client,
    connection: createConnectionStore(),
    desk: createRemote(() => client.call('desk.info', {})),
    settings: createRemote(() => client.call('desk.settings', {})),
    library: createRemote(() => client.call('library.list', {})),
    runs: createRemote(() => client.call('run.list', {})),
    faults: createRemote(() => client.call('rehearsal.faults', {})),
    prompts: createRemote(() => client.call('prompt.list', {})),
    run: createRunStore(client),
    notices: createNoticesStore(),
    wake: createWake(world),
  };
  app.runs.subscribe(({ value }) => {
    app.wake.want((value ?? []).some((run) => run.status === 'open'));
  });
  const refreshAll = (): void => {
    for (const each of [app.desk, app.settings, app.library, app.runs, app.prompts]) void each.refresh();
    void app.run.reopen();
  };
  client.onStatus((status) => {
    applyStatus(app.connection, status);
    if (status.state === 'open') refreshAll();
  });
  applyStatus(app.connection, client.status());
  if (client.status().state === 'open') refreshAll();
  client.onEvent((event) => {
    switch (event.type) {
      case 'library.changed':
        void app.library.refresh();
        return;
      case 'runs.changed':
        void app.runs.refresh();
        void app.library.refresh();
        return;
      case 'prompts':
        app.prompts.put(event.prompts);
        return;
      case 'notice':
        app.notices.add(event.failure);
        return;
      case 'run.records':
      case 'run.links':
      case 'run.progress':
      case 'run.storage':
        app.run.receive(event);
    }
  });
  return app;
}
