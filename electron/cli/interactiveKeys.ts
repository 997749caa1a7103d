/** Connects the keyboard and the screen to the command that runs, for as long as it does. */
import type { RunSnapshot } from '../contract/views.ts';
import type { StepView } from '../domain/run/state.ts';
import type { Client } from './client.ts';
import { isAsking } from './keyboard.ts';

/** The keyboard belongs to the command while it runs: Ctrl+C goes to it, not to this program. */
export async function attachKeyboard(
  client: Client,
  snapshot: RunSnapshot,
  view: StepView,
): Promise<() => void> {
  const { step } = view;
  // On a group there is no one terminal to type into.
  const typed = step.kind === 'run' || step.kind === 'observe' || step.kind === 'custodians';
  if (!typed || view.members !== undefined) return () => undefined;
  const size = { cols: process.stderr.columns, rows: process.stderr.rows };
  // What the pane already shows comes before the number of the stream does.
  const show = (from: number, bytes: Uint8Array): void => {
    process.stderr.write(bytes);
    void client.call('terminal.ack', { stream: from, bytes: bytes.byteLength });
  };
  const early: (readonly [number, Uint8Array])[] = [];
  let stream: number | null = null;
  const stopOutput = client.onStream((from, bytes) => {
    if (stream === null) early.push([from, bytes]);
    else if (from === stream) show(from, bytes);
  });
  const attached = await client.call('terminal.attach', {
    runId: snapshot.plan.runId,
    target: step.on,
    cols: Number.isInteger(size.cols) ? size.cols : 80,
    rows: Number.isInteger(size.rows) ? size.rows : 24,
  });
  if (!attached.ok) {
    stopOutput();
    return () => undefined;
  }
  const own = attached.value.stream;
  stream = own;
  for (const [from, bytes] of early) if (from === own) show(from, bytes);
  const onKeys = (keys: Buffer): void => {
    // A password for another host is nothing for this command.
    if (isAsking()) return;
    void client.call('terminal.write', { stream: own, data: keys.toString('utf8') });
  };
  if (process.stdin.isTTY) process.stdin.setRawMode(true);
  process.stdin.resume();
  process.stdin.on('data', onKeys);
  return () => {
    process.stdin.off('data', onKeys);
    if (process.stdin.isTTY) process.stdin.setRawMode(false);
    process.stdin.pause();
    stopOutput();
    void client.call('terminal.detach', { stream: own });
  };
}
