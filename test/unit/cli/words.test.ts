/** What the command line says of the hosts of a step before its command is sent. */
import { expect, test } from 'vitest';
import { hostWarnings } from '../../../electron/cli/words.ts';
import type { RunState, StepView } from '../../../electron/domain/run/state.ts';

const state = {
  targets: {
    ops: { name: 'ops', stateLost: true },
    'web-1': { name: 'web-1' },
    'web-2': { name: 'web-2', stateLost: true },
  },
} as unknown as RunState;

test('warns of each host that has lost what steps had left there', () => {
  const on = (step: object, members?: object) =>
    hostWarnings({ step, ...(members === undefined ? {} : { members }) } as unknown as StepView, state);
  expect(on({ kind: 'run', on: 'ops' })).toEqual([
    'ops: directory and variables of earlier steps are gone; the next command starts in a new shell.',
  ]);
  const each = on({ kind: 'run', on: 'web' }, { 'web-1': {}, 'web-2': {} });
  expect(each.map((line) => line.split(':')[0])).toEqual(['web-2']);
  expect(on({ kind: 'run', on: 'toString' })).toEqual([]);
  expect(on({ kind: 'decide' })).toEqual([]);
});
