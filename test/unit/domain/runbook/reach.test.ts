/** What a runbook may say about groups, detached commands, transfers and the operator's own computer. */
import { describe, expect, test } from 'vitest';
import { parseSize } from '../../../../electron/domain/runbook/size.ts';
import { findingAt, parseGood, stepOf, withSteps } from './example.ts';

const grouped = (text: string) =>
  text.replace('ops: { title: Host }', 'ops: { title: Host }\n  web: { title: Web, group: true }');
const step = (more: string) =>
  grouped(withSteps(`- { id: one, run: "true", risk: read, expect: { exit: 0 }, ${more} }`));
const transfer = (more: string, rest = '') =>
  grouped(withSteps(`- { id: one, on: ops, transfer: { ${more} }${rest} }`));

describe('a step on a group', () => {
  test('goes one after the other and stops at the first that does not pass, unless it says otherwise', () => {
    const one = stepOf(step('on: web'), 'one');
    expect(one).toMatchObject({
      on: 'web',
      mode: 'exec',
      fanOut: { order: 'serial', limit: 1, onFailure: 'stop' },
    });
    expect(parseGood(step('on: web')).targets).toMatchObject([{ name: 'ops' }, { name: 'web', group: true }]);
    expect(stepOf(step('on: web, mode: pty, across: { order: canary }'), 'one')).toMatchObject({
      mode: 'pty',
      fanOut: { order: 'canary', limit: 10, onFailure: 'stop' },
    });
    const all = 'on: web, mode: detached, across: { order: parallel, limit: 100, on-failure: go-on }';
    expect(stepOf(step(all), 'one')).toMatchObject({
      mode: 'detached',
      fanOut: { order: 'parallel', limit: 100, onFailure: 'go-on' },
    });
    expect(stepOf(step('on: web, across: { limit: 1 }'), 'one')).toMatchObject({ fanOut: { limit: 1 } });
    expect(stepOf(step('on: ops'), 'one')).not.toHaveProperty('fanOut');
  });

  test('has its probe on each host', () => {
    const text = 'on: web, rerun: check-first, probe: { run: "true", expect: { exit: 0 } }';
    expect(stepOf(step(text), 'one')).toMatchObject({ probe: { on: 'web' } });
  });

  test.each([
    ['across one host', step('on: ops, ▮across: { order: canary }'), 'across.no-group', /add "group: true"/],
    [
      'several at a time one by one',
      step('on: web, across: { limit: ▮4 }'),
      'across.limit',
      /order: parallel/,
    ],
    ['an order that is none', step('on: web, across: { order: ▮rolling }'), 'schema.value', /serial, canary/],
    ['a misspelt key', step('on: web, across: { ▮on-failures: stop }'), 'schema.unknown-key', /"on-failure"/],
    ['too many at a time', step('on: web, across: { order: parallel, limit: ▮501 }'), 'schema.value', /500/],
    ['a capture', step('on: web, ▮capture: { x: stdout }'), 'group.capture', /its own value.*on one host/],
    [
      'an observation',
      grouped(withSteps('- { id: one, observe: "true", on: ▮web, expect: { exit: 0 } }')),
      'group.step',
      /only run steps go to a group/,
    ],
    [
      'a transfer',
      transfer('fetch: /a').replace('on: ops', 'on: ▮web'),
      'group.step',
      /only run steps go to a group/,
    ],
    [
      'a probe elsewhere',
      step('on: web, probe: { on: ▮ops, run: "true", expect: { exit: 0 } }'),
      'group.probe',
      /on each of its hosts.*leave "on" out/,
    ],
    [
      'a probe on a group',
      step('on: ops, probe: { on: ▮web, run: "true", expect: { exit: 0 } }'),
      'group.probe',
      /name a target that is one host/,
    ],
    [
      'a group on this computer',
      step('on: ops').replace('group: true', 'group: true, ▮local: true'),
      'target.group-local',
      /make two targets/,
    ],
  ])('%s is refused', (_, text, rule, says) => {
    const finding = findingAt(text, rule);
    expect(`${finding.message} ${finding.hint ?? ''}`).toMatch(says);
  });
});

describe('a detached command', () => {
  test('needs nothing on the host but a shell, unless it asks for more', () => {
    expect(stepOf(step('on: ops, mode: detached'), 'one')).toMatchObject({
      mode: 'detached',
      detacher: 'shell',
    });
    expect(stepOf(step('on: ops, mode: detached, detach: { with: tmux }'), 'one')).toMatchObject({
      detacher: 'tmux',
    });
    expect(stepOf(step('on: ops, mode: exec'), 'one')).not.toHaveProperty('detacher');
  });

  test.each([
    ['detach without the mode', step('on: ops, ▮detach: { with: shell }'), 'detach.mode', /mode: detached/],
    [
      'with a program that is none',
      step('on: ops, mode: detached, detach: { with: ▮screen }'),
      'schema.value',
      /systemd-run/,
    ],
    [
      'stderr, which its terminal joins',
      step('on: ops, mode: detached').replace('exit: 0', '▮stderr: { empty: true }'),
      'expect.stderr-on-pty',
      /joins both streams/,
    ],
  ])('%s is refused', (_, text, rule, says) => {
    const finding = findingAt(text, rule);
    expect(`${finding.message} ${finding.hint ?? ''}`).toMatch(says);
  });
});

describe('a transfer', () => {
  const digest = 'a'.repeat(64);

  test('fetches a small file, or puts one', () => {
    expect(stepOf(transfer('fetch: /etc/app.conf'), 'one')).toEqual({
      kind: 'transfer',
      id: 'one',
      title: 'One',
      on: 'ops',
      risk: 'read',
      direction: 'fetch',
      path: { source: '/etc/app.conf', parts: [{ kind: 'text', text: '/etc/app.conf' }] },
      maxBytes: 1_048_576,
      timeoutMs: 300_000,
      rerun: 'safe',
    });
    const put = `put: { from: "\${label}/app.tgz", to: /tmp/app.tgz }, sha256: ${digest}, max: 20 MiB`;
    expect(stepOf(transfer(put, ', risk: reversible, rerun: never, timeout: 1m'), 'one')).toMatchObject({
      direction: 'put',
      path: { source: '/tmp/app.tgz' },
      from: { source: '${label}/app.tgz' },
      sha256: { source: digest },
      maxBytes: 20 * 1024 * 1024,
      timeoutMs: 60_000,
      rerun: 'never',
    });
    const windows = String.raw`put: { from: 'C:\media\app.tgz', to: /tmp/app.tgz }`;
    expect(stepOf(transfer(windows, ', risk: reversible'), 'one')).toMatchObject({ direction: 'put' });
  });

  test.each([
    ['nothing to move', transfer('max: 10').replace('{ max', '▮{ max'), 'transfer.way', /either "fetch:"/],
    [
      'both ways',
      transfer('fetch: /a, put: { from: /b, to: /c }').replace('{ fetch', '▮{ fetch'),
      'transfer.way',
      /one way/,
    ],
    ['a path that hangs in the air', transfer('fetch: ▮etc/app.conf'), 'transfer.path', /begin it with "\/"/],
    [
      'a local path that does',
      transfer('put: { from: ▮app.tgz, to: /tmp/x }', ', risk: read'),
      'transfer.path',
      /not an absolute path/,
    ],
    ['a digest that is none', transfer('fetch: /a, sha256: ▮abc'), 'transfer.digest', /64 hex digits/],
    ['a size that is none', transfer('fetch: /a, max: ▮10 GB'), 'schema.value', /512 KiB/],
    ['a file too large', transfer('fetch: /a, max: ▮65 MiB'), 'transfer.size', /64 MiB.*run step/],
    ['a secret in a path', transfer('fetch: "/a/▮${token}"'), 'secret.on-command-line', /secret/],
    ['an unknown name', transfer('fetch: "/a/▮${nope}"'), 'parameter.unknown', /"nope"/],
    [
      'a change without its risk',
      transfer('put: { from: /a, to: /b }').replace('- {', '- ▮{'),
      'risk.missing',
      /risk of putting/,
    ],
    ['a probe', transfer('fetch: /a', ', ▮probe: { run: "true" }'), 'schema.unknown-key', /not a key/],
    ['check-first', transfer('fetch: /a', ', rerun: ▮check-first'), 'schema.value', /safe, never/],
  ])('%s is refused', (_, text, rule, says) => {
    const finding = findingAt(text, rule);
    expect(`${finding.message} ${finding.hint ?? ''}`).toMatch(says);
  });

  test.each([
    ['10 B', 10],
    ['2kB', 2000],
    ['512 KiB', 524_288],
    ['3 MB', 3_000_000],
    ['1MiB', 1_048_576],
    ['1 GiB', null],
    ['1.5 MiB', null],
    ['', null],
  ])('size %s', (text, bytes) => {
    expect(parseSize(text)).toBe(bytes);
  });
});

test('a target may ask for the operator’s own computer', () => {
  const text = withSteps('- { id: one, run: "true", risk: read, expect: { exit: 0 } }').replace(
    'title: Host }',
    'title: Host, local: true }',
  );
  expect(parseGood(text).targets[0]).toMatchObject({ name: 'ops', local: true });
});
