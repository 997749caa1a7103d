/** The one rehearsal host of this app: started when it is first needed, ended with the app. */
import { join } from 'node:path';
import type { RehearsalFault } from '../../contract/views.ts';
import type { Result } from '../../contract/result.ts';
import { faultTitles } from './faults.ts';
import { type RehearsalHost, startRehearsalHost } from './rehearsalHost.ts';

export interface RehearsalDesk {
  host(): Promise<Result<RehearsalHost>>;
  faults(): Promise<readonly RehearsalFault[]>;
  setFault(id: string, on: boolean): Promise<Result<readonly RehearsalFault[]>>;
  close(): Promise<void>;
}

export function createRehearsalDesk(options: {
  readonly data: string;
  readonly appDir: string;
  /** See `RehearsalOptions`. */
  readonly prepared?: string;
}): RehearsalDesk {
  let started: Promise<Result<RehearsalHost>> | null = null;

  async function host(): Promise<Result<RehearsalHost>> {
    started ??= startRehearsalHost({
      dir: join(options.data, 'rehearsal'),
      assets: join(options.appDir, 'assets', 'rehearsal'),
      ...(options.prepared === undefined ? {} : { prepared: options.prepared }),
    });
    const result = await started;
    // A failed start is not kept: the next one may find the folder writable again.
    if (!result.ok) started = null;
    return result;
  }

  return {
    host,
    async faults() {
      if (started === null) {
        return Object.entries(faultTitles).map(([id, title]) => ({ id, title, on: false }));
      }
      const running = await started;
      return running.ok ? running.value.faults() : [];
    },
    async setFault(id, on) {
      const running = await host();
      return running.ok ? running.value.setFault(id, on) : running;
    },
    async close() {
      const running = await started;
      if (running?.ok === true) await running.value.close();
    },
  };
}
