/** The performance test proves that it is not in production before anything runs. */
import { expect, test } from 'vitest';
import { connect, startHost } from '../rehearsal/client.ts';
import { linkShipped, runOnce } from '../rehearsal/walk.ts';

const id = 'naksha-performance-test';

test.each([
  { production: false, refused: [] },
  { production: true, refused: ['UID of the cluster under test', 'Environment of the namespace under test'] },
])('identity in production: $production', async ({ production, refused }) => {
  const { runbook } = await linkShipped(id);
  if (runbook === null) throw new Error(`${id} cannot be read`);
  const { host } = await startHost();
  if (production) expect((await host.setFault('test-is-production', true)).ok).toBe(true);
  const client = await connect(host);
  const values = Object.fromEntries(
    runbook.parameters.map((parameter) => [parameter.name, parameter.default ?? '']),
  );
  const failed: string[] = [];
  for (const proof of runbook.targets.flatMap((target) => target.identity)) {
    const { problems } = await runOnce(client, proof, values);
    if (problems.length > 0) failed.push(proof.title);
  }
  expect(failed).toEqual(refused);
});
