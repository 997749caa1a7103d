/** All stores of the page, fed by one client. Created once in main.tsx and handed down by context. */
import type { Settings } from '../../electron/contract/settings.ts';
import type { ReferencePage } from '../../electron/contract/reference.ts';
import type {
  DeskInfo,
  LibraryList,
  RehearsalFault,
  RunbookHealth,
  RunSummary,
} from '../../electron/contract/views.ts';
import type { Prompt } from '../../electron/contract/prompts.ts';
import type { StoreApi } from 'zustand/vanilla';
import type { Client } from '../api/client.ts';
import { createBundles, type BundlesStore } from '../features/bundle/store.ts';
import { createDocuments, type DocumentsStore } from '../features/library/documents.ts';
import { applyStatus, createConnectionStore, type ConnectionState } from './connection.ts';
import { createNoticesStore, type NoticesStore } from './notices.ts';
import { createRemote, type RemoteStore } from './remote.ts';
import { createWake, type WakeStore, type WakeWorld } from './wake.ts';
import { createRunStore, type RunStore } from './run.ts';
import type { InstalledPackage } from '../../electron/contract/packages.ts';
import type { KeyOnDesk, LedgerView, PreparedPlan, TrustView } from '../../electron/contract/people.ts';

export interface App {
  readonly client: Client;
  readonly connection: StoreApi<ConnectionState>;
  readonly desk: RemoteStore<DeskInfo>;
  readonly settings: RemoteStore<Settings>;
  readonly library: RemoteStore<LibraryList>;
  readonly runs: RemoteStore<readonly RunSummary[]>;
  readonly faults: RemoteStore<readonly RehearsalFault[]>;
  readonly prompts: RemoteStore<readonly Prompt[]>;
  /** Plans that wait for approval or for their start. */
  readonly plans: RemoteStore<readonly PreparedPlan[]>;
  /** Asked for when somebody looks at them. */
  readonly trust: RemoteStore<TrustView>;
  readonly keys: RemoteStore<readonly KeyOnDesk[]>;
  readonly ledger: RemoteStore<LedgerView>;
  readonly run: RunStore;
  readonly bundles: BundlesStore;
  /** What the linter finds in each runbook; asked for after the library was read. */
  readonly health: RemoteStore<readonly RunbookHealth[]>;
  readonly reference: RemoteStore<readonly ReferencePage[]>;
  readonly documents: DocumentsStore;
  /** Asked for when somebody looks at them. */
  readonly packages: RemoteStore<readonly InstalledPackage[]>;
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
    plans: createRemote(() => client.call('plan.list', {})),
    trust: createRemote(() => client.call('people.trust', {})),
    keys: createRemote(() => client.call('people.keys', {})),
    ledger: createRemote(() => client.call('ledger.view', {})),
    run: createRunStore(client),
    bundles: createBundles(client),
    health: createRemote(() => client.call('library.health', {})),
    reference: createRemote(() => client.call('library.reference', {})),
    documents: createDocuments(client),
    packages: createRemote(() => client.call('package.list', {})),
    notices: createNoticesStore(),
    wake: createWake(world),
  };
  app.runs.subscribe(({ value }) => {
    app.wake.want((value ?? []).some((run) => run.status === 'open'));
  });
  const refreshAll = (): void => {
    for (const each of [app.desk, app.settings, app.library, app.runs, app.plans, app.prompts])
      void each.refresh();
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
      case 'people.changed':
        void app.plans.refresh();
        for (const each of [app.trust, app.keys, app.ledger, app.packages]) {
          if (each.getState().value !== null) void each.refresh();
        }
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
