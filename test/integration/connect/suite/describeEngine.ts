/** The same behaviour, asked of every SSH engine. */
import { describe } from 'vitest';
import type { Connect } from '../../../../electron/host/connect/connection.ts';
import { createBench } from './bench.ts';
import type { Traits } from './bench.ts';
import { describeCommands } from './commands.ts';
import { describeJumps } from './jumps.ts';
import { describeLogins } from './logins.ts';
import { describeTrust } from './trust.ts';

export function describeEngine(name: string, connect: Connect, traits: Traits): void {
  describe(name, () => {
    const bench = createBench(name, connect, traits);
    describeLogins(bench);
    describeTrust(bench);
    describeJumps(bench);
    describeCommands(bench);
  });
}
