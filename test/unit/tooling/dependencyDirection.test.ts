import path from 'node:path';
import { RuleTester } from 'eslint';
import tseslint from 'typescript-eslint';
import { afterAll, describe, expect, it } from 'vitest';
import { dependencyDirection } from '../../../tools/eslint/dependency-direction.js';

RuleTester.describe = describe;
RuleTester.it = it;
RuleTester.itOnly = it.only;
Object.assign(RuleTester, { afterAll });

const root = path.resolve(import.meta.dirname, '../../..');
const at = (file: string): string => path.join(root, file);
const tester = new RuleTester({
  languageOptions: { parser: tseslint.parser, ecmaVersion: 2023, sourceType: 'module' },
});

function good(file: string, code: string) {
  return { name: `${file}: ${code}`, filename: at(file), code };
}

function bad(file: string, code: string, messageId: string) {
  return { ...good(file, code), errors: [{ messageId }] };
}

describe('dependency-direction', () => {
  it('is switched on as an error for every product file', async () => {
    const { ESLint } = await import('eslint');
    const lint = new ESLint({ cwd: root });
    for (const file of ['electron/domain/a.ts', 'electron/desktop/a.ts', 'renderer/ui/a.tsx']) {
      const config: unknown = await lint.calculateConfigForFile(at(file));
      expect(config).toHaveProperty(['rules', 'holdpoint/dependency-direction', 0], 2);
    }
  });

  tester.run('dependency-direction', dependencyDirection, {
    valid: [
      good('electron/contract/calls.ts', "import { z } from 'zod';"),
      good('electron/contract/calls.ts', "import { Plan } from './plan.ts';"),
      good('electron/domain/run/decide.ts', "import { fail } from '../../contract/result.ts';"),
      good('electron/domain/runbook/parse.ts', "import { parseDocument } from 'yaml';"),
      good('electron/host/runs/runner.ts', "import { open } from 'node:fs/promises';"),
      good('electron/host/runs/runner.ts', "import { decide } from '../../domain/run/decide.ts';"),
      good('electron/host/connect/client.ts', "import ssh2 from 'ssh2';"),
      good('electron/desktop/main.ts', "import { app } from 'electron';"),
      good('electron/desktop/settings.ts', "import Store from 'electron-store';"),
      good('electron/serve/server.ts', "import { createHost } from '../host/host.ts';"),
      good('electron/cli/main.ts', "const serve = await import('../host/host.ts');"),
      good('electron/cli/main.ts', "import { startServer } from '../serve/server.ts';"),
      good('electron/cli/main.ts', "import { verifyCommand } from '../verifier/command.ts';"),
      good('electron/verifier/main.ts', "import { parseArgs } from 'node:util';"),
      good('electron/verifier/command.ts', "import { verifyBundle } from '../host/evidence/verify.ts';"),
      good('electron/verifier/page/main.ts', "import { verify } from '../../domain/verify/verify.ts';"),
      good('electron/verifier/page/a.ts', "import { sha256 } from '@noble/hashes/sha2.js';"),
      good('renderer/main.tsx', "import { createRoot } from 'react-dom/client';"),
      good('renderer/main.tsx', "import './styles/tokens.css';"),
      good('renderer/api/client.ts', "import type { Plan } from '../../electron/contract/plan.ts';"),
      good('renderer/api/client.ts', "import { type Plan } from '../../electron/contract/plan.ts';"),
      good('renderer/api/client.ts', "export type { Plan } from '../../electron/contract/plan.ts';"),
      good('renderer/api/ack.ts', "import { ACK_BYTES } from '../../electron/contract/flow.ts';"),
      good('renderer/state/run.ts', "import { evolve } from '../../electron/domain/run/evolve.ts';"),
      good('renderer/vite.config.ts', "import react from '@vitejs/plugin-react';"),
      good('test/unit/a.test.ts', "import { main } from '../../electron/cli/main.ts';"),
      good('scripts/build.mjs', "import { build } from 'esbuild';"),
    ],
    invalid: [
      bad('electron/contract/calls.ts', "import { decide } from '../domain/run/decide.ts';", 'direction'),
      bad('electron/contract/calls.ts', "import { readFile } from 'node:fs/promises';", 'node'),
      bad(
        'electron/domain/run/decide.ts',
        "import { Runner } from '../../host/runs/runner.ts';",
        'direction',
      ),
      bad(
        'electron/domain/run/decide.ts',
        "import type { Runner } from '../../host/runs/runner.ts';",
        'direction',
      ),
      bad('electron/domain/run/decide.ts', "import fs from 'fs';", 'node'),
      bad('electron/domain/run/decide.ts', "import { createHash } from 'node:crypto';", 'node'),
      bad('electron/domain/run/decide.ts', "import { Client } from 'ssh2';", 'package'),
      bad('electron/domain/run/decide.ts', "import { useState } from 'react';", 'package'),
      bad('electron/domain/run/decide.ts', "import { app } from 'electron';", 'electron'),
      bad('electron/domain/run/decide.ts', "const fs = await import('node:fs');", 'node'),
      bad('electron/domain/run/decide.ts', "const fs = require('node:fs');", 'node'),
      bad('electron/domain/run/decide.ts', "import fs = require('fs');", 'node'),
      bad('electron/domain/run/decide.ts', "type Stat = import('node:fs').Stats;", 'node'),
      bad('electron/domain/run/decide.ts', 'const it = await import(name);', 'computed'),
      bad('electron/domain/run/decide.ts', "export * from '../../host/host.ts';", 'direction'),
      bad('electron/domain/run/decide.ts', "export { createHost } from '../../host/host.ts';", 'direction'),
      bad('electron/host/host.ts', "import { app } from 'electron';", 'electron'),
      bad('electron/host/host.ts', "import type { App } from 'electron';", 'electron'),
      bad('electron/host/settings/store.ts', "import Store from 'electron-store';", 'electron'),
      bad('electron/host/host.ts', "import { startServer } from '../serve/server.ts';", 'direction'),
      bad('electron/host/host.ts', "import { App } from '../../renderer/app.tsx';", 'direction'),
      bad('electron/host/report.ts', "import { renderToString } from 'react-dom/server';", 'package'),
      bad('electron/serve/server.ts', "import { main } from '../cli/main.ts';", 'direction'),
      bad('electron/cli/main.ts', "import { createWindow } from '../desktop/window.ts';", 'direction'),
      bad('electron/serve/server.ts', "import { window } from '../desktop/window.ts';", 'direction'),
      bad('electron/desktop/main.ts', "import { startServer } from '../serve/server.ts';", 'direction'),
      bad('renderer/api/client.ts', "import { Plan } from '../../electron/contract/plan.ts';", 'pageValue'),
      bad('renderer/api/client.ts', "import '../../electron/contract/plan.ts';", 'pageValue'),
      bad('renderer/api/client.ts', "import type { Host } from '../../electron/host/host.ts';", 'direction'),
      bad('renderer/api/client.ts', "import { z } from 'zod';", 'package'),
      bad('renderer/api/client.ts', "import { readFile } from 'node:fs/promises';", 'node'),
      bad('renderer/api/client.ts', "import { ipcRenderer } from 'electron';", 'electron'),
      bad('electron/host/host.ts', "import { fakeClock } from '../../test/fakes/clock.ts';", 'outside'),
      bad('renderer/main.tsx', "import { run } from '../scripts/lib/run.mjs';", 'outside'),
      bad('electron/stray.ts', 'export const stray = 1;', 'homeless'),
      bad('electron/shared/stray.ts', 'export const stray = 1;', 'homeless'),
    ],
  });
});
