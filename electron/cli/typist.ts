/**
 * Types scripted answers at the prompts of a command, one at each. It waits for the prompt: what is typed before one is
 * there is thrown away by programs that read secrets.
 */
import type { RunSnapshot } from '../contract/views.ts';
import type { StepView } from '../domain/run/state.ts';
import type { Client } from './client.ts';
import type { Typist } from './scripted.ts';

/** The end of a line that asks for something. */
const PROMPT = /[:?>\]]\s*$/;
const ESCAPES = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

export function typistOn(client: Client): Typist {
  return (snapshot, view, keys) => typeAtPrompts(client, snapshot, view, keys);
}

async function typeAtPrompts(
  client: Client,
  snapshot: RunSnapshot,
  view: StepView,
  keys: readonly string[],
): Promise<() => void> {
  const { step } = view;
  if (!('on' in step) || keys.length === 0) return () => undefined;
  const waiting = [...keys];
  let seen = '';
  let stream: number | null = null;
  const early: (readonly [number, Uint8Array])[] = [];
  const take = (from: number, bytes: Uint8Array): void => {
    void client.call('terminal.ack', { stream: from, bytes: bytes.byteLength });
    seen = (seen + Buffer.from(bytes).toString('utf8')).slice(-4096);
    const last =
      seen
        .replace(ESCAPES, '')
        .split(/[\r\n]/)
        .at(-1) ?? '';
    if (!PROMPT.test(last)) return;
    const next = waiting.shift();
    if (next === undefined) return;
    seen = '';
    void client.call('terminal.write', { stream: from, data: `${next}\r` });
  };
  const stop = client.onStream((from, bytes) => {
    if (stream === null) early.push([from, bytes]);
    else if (from === stream) take(from, bytes);
  });
  const target = step.on;
  const attached = await client.call('terminal.attach', {
    runId: snapshot.plan.runId,
    target,
    cols: 80,
    rows: 24,
  });
  if (!attached.ok) {
    stop();
    return () => undefined;
  }
  const own = attached.value.stream;
  stream = own;
  for (const [from, bytes] of early) if (from === own) take(from, bytes);
  return () => {
    stop();
    void client.call('terminal.detach', { stream: own });
  };
}
