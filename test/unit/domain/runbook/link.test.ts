/** Runbooks that are put together: what comes out is one file that means the same, with every name in its place. */
import { describe, expect, test } from 'vitest';
import { type Library, linkRunbook } from '../../../../electron/domain/runbook/link/link.ts';
import { parseRunbook } from '../../../../electron/domain/runbook/parse.ts';
import { stepsOf } from '../../../../electron/domain/runbook/describe.ts';

const SHA = 'a'.repeat(64);
const runbook = (id: string, body: string, head = '') => `runbook: 1
id: ${id}
title: Runbook ${id}
version: 1.10
kind: maintenance
service: Test
summary: A test.
${head}${body}`;

const callee = runbook(
  'check-health',
  `targets: { ops: { title: Host, identity: [{ run: hostname, equals: '\${host}' }] } }
parameters:
  host: { title: Host, type: host, required: true }
  url: { title: URL, type: url, required: true, default: https://localhost/ }
  wait: { title: Wait, type: duration, default: 5s }
phases:
  - id: look
    steps:
      - id: probe
        run: curl -fsS \${url}
        mode: exec
        expect: { stdout: { json: { path: $.status, equals: healthy } } }
        capture: { version: { json: $.version } }
        risk: read
      - id: again
        when: capture.version != "" && step["probe"].state == "passed" && param.wait != "0s"
        run: echo \${version} \${host}
        expect: { stdout: { contains: '\${version}' } }
        risk: read
        source: { document: doc, line: 7 }
      - id: rest
        hold: { kind: wait, for: '\${wait}' }
`,
);

const caller = runbook(
  'upgrade',
  `targets: { main: { title: Main host } }
parameters:
  host: { title: Host, type: host, required: true }
  place: { title: Place, type: url, required: true }
phases:
  - id: verify
    steps:
      - { id: before, run: "true", on: main, risk: read, expect: { exit: 0 } }
      - id: post-check
        when: step["before"].state == "passed"
        call: { runbook: check-health, with: { url: '\${place}', wait: 1.50s }, targets: { ops: main } }
      - id: after
        run: echo \${post_check_version}
        on: main
        when: step["post-check-probe"].state == "passed"
        risk: read
        expect: { stdout: { same-as: post_check_version } }
`,
);

const library = (files: Readonly<Record<string, string>>, more: Partial<Library> = {}): Library => ({
  called: (id) =>
    files[id] === undefined ? undefined : { text: files[id], file: `${id}.runbook.yaml`, sha256: SHA },
  known: Object.keys(files),
  ...more,
});
const link = (
  text: string,
  id: string,
  files: Readonly<Record<string, string>> = {},
  more: Partial<Library> = {},
) => linkRunbook(text, `${id}.runbook.yaml`, library(files, more));

describe('a runbook without parts', () => {
  test('stays what it is, to the byte', () => {
    const linked = link(callee, 'check-health');
    expect(linked.diagnostics).toEqual([]);
    expect(linked.text).toBe(callee);
    expect(linked.sources).toEqual([]);
    expect(linked.runbook).toEqual(parseRunbook(callee, 'check-health.runbook.yaml').runbook);
  });
});

describe('a call', () => {
  const good = () => link(caller.replace('1.50s', '90s'), 'upgrade', { 'check-health': callee });

  test('brings the steps in under names of their own', () => {
    const { runbook: linked, diagnostics, sources } = good();
    expect(diagnostics).toEqual([]);
    if (linked === null) throw new Error('not linked');
    expect(stepsOf(linked).map(({ step }) => step.id)).toEqual([
      'before',
      'post-check-probe',
      'post-check-again',
      'post-check-rest',
      'after',
    ]);
    const [, probe, again, rest] = stepsOf(linked).map(({ step }) => step);
    expect(probe).toMatchObject({
      on: 'main',
      run: { source: 'curl -fsS ${place}' },
      capture: [{ name: 'post_check_version' }],
      part: { runbook: 'check-health', version: '1.10', call: 'post-check', step: 'probe' },
    });
    expect(probe?.when).toContain('step["before"].state == "passed"');
    expect(again?.when).toContain('capture["post_check_version"]');
    expect(again?.when).toContain('step["post-check-probe"]');
    expect(again?.when).toContain('param["post_check_wait"]');
    expect(again).toMatchObject({
      source: { document: 'doc', line: 7 },
      run: { source: 'echo ${post_check_version} ${host}' },
    });
    expect(rest).toMatchObject({ kind: 'wait', for: [{ source: '${post_check_wait}' }] });
    expect(linked.parameters.map(({ name, default: preset }) => [name, preset])).toEqual([
      ['host', undefined],
      ['place', undefined],
      ['post_check_wait', '90s'],
    ]);
    expect(linked.targets.map(({ name }) => name)).toEqual(['main']);
    expect(sources).toEqual([{ kind: 'called', id: 'check-health', version: '1.10', sha256: SHA }]);
    expect(linked.version).toBe('1.10');
  });

  test('what comes out reads as one file that means the same', () => {
    const { runbook: linked, text } = good();
    const again = parseRunbook(text, 'upgrade.runbook.yaml');
    expect(again.diagnostics).toEqual([]);
    expect(again.runbook).toEqual(linked);
    expect(link(text, 'upgrade').text).toBe(text);
  });

  test('brings its target along where the caller has none of that name', () => {
    const linked = link(
      caller.replace('90s', '1m').replace('1.50s', '1m').replace(', targets: { ops: main }', ''),
      'upgrade',
      { 'check-health': callee },
    );
    expect(linked.diagnostics).toEqual([]);
    expect(linked.runbook?.targets.map(({ name }) => name)).toEqual(['main', 'ops']);
    expect(linked.runbook?.targets[1]?.identity[0]?.expect).toMatchObject([
      {},
      { test: { value: { source: '${host}' } } },
    ]);
  });

  test('an error in the called runbook is shown where it stands', () => {
    const broken = callee.replace('curl -fsS ${url}', 'curl -fsS ${uri}');
    const { runbook: linked, diagnostics } = link(caller.replace('1.50s', '1m'), 'upgrade', {
      'check-health': broken,
    });
    expect(linked).toBeNull();
    expect(diagnostics[0]).toMatchObject({
      rule: 'parameter.unknown',
      file: 'check-health.runbook.yaml',
      line: 17,
    });
  });

  test.each([
    ['an unknown runbook', 'call: { runbook: check-heath }', 'call.unknown'],
    ['itself', 'call: { runbook: upgrade }', 'call.circle'],
    ['an unknown parameter', 'call: { runbook: check-health, with: { uri: x } }', 'call.with'],
    ['an unknown target', 'call: { runbook: check-health, targets: { opps: main } }', 'call.targets'],
    [
      'a target that is not here',
      'call: { runbook: check-health, targets: { ops: nowhere } }',
      'call.targets',
    ],
  ])('of %s is refused with its place', (_what, call, rule) => {
    const text = caller.replace(/call: \{.*\}/, call).replace(/ {6}- id: after[^]*/, '');
    const { runbook: linked, diagnostics } = link(text, 'upgrade', { 'check-health': callee, upgrade: text });
    expect(linked).toBeNull();
    expect(diagnostics[0]).toMatchObject({ rule, file: 'upgrade.runbook.yaml', line: 18 });
  });

  test('each part has a point of no return of its own, and no part has two', () => {
    const stop = (id: string) => `{ id: ${id}, hold: { kind: point-of-no-return, signers: [operator] } }`;
    const cut = runbook('cut', `phases: [{ id: a, steps: [${stop('stop')}] }]\n`);
    const both = (own: string) =>
      runbook(
        'both',
        `phases: [{ id: a, steps: [{ id: one, call: { runbook: cut } }, { id: two, call: { runbook: cut } }, ${own}] }]\n`,
      );
    expect(link(both(stop('mine')), 'both', { cut }).diagnostics).toEqual([]);
    const twice = link(both(`${stop('mine')}, ${stop('again')}`), 'both', { cut });
    expect(twice.diagnostics).toMatchObject([
      { rule: 'hold.point-of-no-return', message: expect.stringContaining('"mine"') as string },
    ]);
  });

  test('a circle over several runbooks is refused', () => {
    const one = runbook('one', 'phases: [{ id: a, steps: [{ id: b, call: { runbook: two } }] }]\n');
    const two = runbook('two', 'phases: [{ id: a, steps: [{ id: b, call: { runbook: one } }] }]\n');
    expect(link(one, 'one', { one, two }).diagnostics[0]).toMatchObject({
      rule: 'call.circle',
      file: 'two.runbook.yaml',
    });
  });
});

const withVendor = runbook(
  'pause',
  `targets: { ops: { title: Host } }
parameters:
  jobs: { title: Jobs, type: text, default: 6 7 }
  key: { title: Key, type: secret }
phases:
  - id: pause
    steps:
      - id: suspend
        run: mvctl jobs pause
        vendor-confirm: Pauses the jobs; by hand in the admin interface.
        risk: reversible
        expect: { exit: 0 }
      - { id: fixed, run: "true", risk: read, expect: { exit: 0 } }
`,
);
const overlay = (body: string) => ({
  overlays: [
    {
      text: `overlay: 1\nsite: prague\nversion: 3\nconfirmed: { by: Jana Novak, on: 2026-11-01 }\n${body}`,
      file: 'prague.overlay.yaml',
      sha256: SHA,
    },
  ],
});

describe('an overlay', () => {
  test('fills in product commands and defaults, and says so', () => {
    const linked = link(
      withVendor,
      'pause',
      {},
      overlay(`parameters: { '*': { jobs: 6 7 8 17, other: x } }
vendor: { pause: { suspend: { run: 'ctl pause \${jobs}', expect: { stdout: { contains: paused } } } } }
`),
    );
    expect(linked.diagnostics).toEqual([]);
    expect(linked.vendorOpen).toEqual([]);
    expect(linked.runbook).toMatchObject({
      parameters: [{ name: 'jobs', default: '6 7 8 17', site: 'prague' }, {}],
      sources: [{ kind: 'overlay', id: 'prague', version: '3', sha256: SHA }],
      overlay: [
        { what: 'parameter', name: 'jobs', was: '6 7', is: '6 7 8 17' },
        { what: 'vendor-confirm', name: 'suspend', was: 'mvctl jobs pause', is: 'ctl pause ${jobs}' },
      ],
    });
    expect(linked.runbook?.phases[0]?.steps[0]).toMatchObject({
      run: { source: 'ctl pause ${jobs}' },
      vendorConfirm: { filled: { site: 'prague', by: 'Jana Novak', on: '2026-11-01' } },
    });
    expect(parseRunbook(linked.text, 'pause.runbook.yaml').runbook).toEqual(linked.runbook);
  });

  test('may say that a person does it by hand', () => {
    const linked = link(
      withVendor,
      'pause',
      {},
      overlay(`vendor: { pause: { suspend: { by-hand: { checklist: [Job 6 is shown as paused] } } } }\n`),
    );
    expect(linked.diagnostics).toEqual([]);
    expect(linked.runbook?.phases[0]?.steps[0]).toMatchObject({
      kind: 'attest',
      vendorConfirm: { filled: {} },
    });
  });

  test('without one the steps are open', () => {
    expect(link(withVendor, 'pause').vendorOpen).toEqual(['suspend']);
  });

  test('reaches into a called runbook', () => {
    const outer = runbook('outer', 'phases: [{ id: a, steps: [{ id: part, call: { runbook: pause } }] }]\n');
    const linked = link(
      outer,
      'outer',
      { pause: withVendor },
      overlay('vendor: { pause: { suspend: { run: "ctl pause ${jobs}" } } }\n'),
    );
    expect(linked.diagnostics).toEqual([]);
    expect(linked.runbook?.phases[0]?.steps[0]).toMatchObject({
      id: 'part-suspend',
      run: { source: 'ctl pause ${part_jobs}' },
    });
    expect(linked.sources.map(({ id }) => id)).toEqual(['pause', 'prague']);
  });

  test.each([
    ['a step that asks for nothing', 'vendor: { pause: { fixed: { run: x } } }', 'overlay.step', 5],
    ['a step that is not there', 'vendor: { pause: { fixt: { run: x } } }', 'overlay.step', 5],
    [
      'both ways',
      'vendor: { pause: { suspend: { run: x, by-hand: { checklist: [a] } } } }',
      'overlay.step',
      5,
    ],
    ['a secret', "parameters: { '*': { key: x } }", 'overlay.secret', 5],
    ['an unknown parameter', 'parameters: { pause: { jops: x } }', 'overlay.parameter', 5],
    ['an unknown key', 'vendors: {}', 'schema.unknown-key', 5],
    [
      'an unknown name in its command',
      'vendor: { pause: { suspend: { run: "x ${jops}" } } }',
      'parameter.unknown',
      5,
    ],
  ])('is refused for %s, at its place', (_what, body, rule, line) => {
    const linked = link(withVendor, 'pause', {}, overlay(`${body}\n`));
    expect(linked.runbook).toBeNull();
    expect(linked.diagnostics[0]).toMatchObject({ rule, file: 'prague.overlay.yaml', line });
  });
});

describe('a default from the reference pages', () => {
  const text = runbook(
    'beat',
    `parameters: { beat: { title: Heartbeat, type: duration, from: jobs.gateway.interval } }
phases: [{ id: a, steps: [{ id: b, hold: { kind: wait, for: ['\${beat}', 5s] } }] }]
`,
  );
  test('is filled in, and says where it is from', () => {
    const linked = link(
      text,
      'beat',
      {},
      { reference: (path) => (path === 'jobs.gateway.interval' ? '60s' : undefined) },
    );
    expect(linked.diagnostics).toEqual([]);
    expect(linked.runbook?.parameters).toMatchObject([{ default: '60s', from: 'jobs.gateway.interval' }]);
    expect(parseRunbook(linked.text, 'beat.runbook.yaml').runbook).toEqual(linked.runbook);
  });
  test('that is not there is an error', () => {
    expect(link(text, 'beat').diagnostics[0]).toMatchObject({ rule: 'reference.unknown', line: 8 });
  });
});

describe('a second person', () => {
  test('stands before or after the step, as it says', () => {
    const text = runbook(
      'two',
      `roles: [operator, verifier]
targets: { ops: { title: Host } }
phases:
  - id: a
    steps:
      - { id: cut, run: "true", risk: irreversible, expect: { exit: 0 }, verify: concurrent }
      - { id: read-off, attest: { number: { label: Rows } }, verify: independent, when: 'step["cut-second-look"].state == "held"' }
      - { id: look, run: "true", risk: read, expect: { exit: 0 }, verify: independent }
`,
    );
    const linked = link(text, 'two');
    expect(linked.diagnostics).toEqual([]);
    expect(linked.runbook?.phases[0]?.steps).toMatchObject([
      { id: 'cut-second-look', kind: 'hold', hold: 'verify', signers: ['verifier'], madeFor: 'cut' },
      { id: 'cut' },
      { id: 'read-off' },
      { id: 'read-off-second-check', kind: 'attest', by: 'verifier', independentOf: 'read-off' },
      { id: 'look' },
      { id: 'look-second-check', kind: 'attest', input: { kind: 'text' } },
    ]);
  });
});
