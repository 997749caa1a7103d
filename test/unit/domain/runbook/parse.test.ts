import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseRunbook } from '../../../../electron/domain/runbook/parse.ts';
import { stepsOf } from '../../../../electron/domain/runbook/describe.ts';
import { FILE, findingAt, GOOD_STEP, parseGood, stepOf, withSteps, withTop } from './example.ts';

const step = (more: string) =>
  withSteps(`- { id: one, run: "true", risk: read, expect: { exit: 0 }, ${more} }`);

describe('what a good runbook becomes', () => {
  test('defaults are filled in', () => {
    expect(
      stepOf(
        withSteps('- { id: copy-file, run: cp a b, risk: reversible, expect: { stdout: { empty: true } } }'),
        'copy-file',
      ),
    ).toEqual({
      kind: 'run',
      id: 'copy-file',
      title: 'Copy file',
      risk: 'reversible',
      on: 'ops',
      run: { source: 'cp a b', parts: [{ kind: 'text', text: 'cp a b' }] },
      mode: 'pty',
      expect: [
        { on: 'exit', label: 'exit', codes: [0] },
        { on: 'stdout', label: 'stdout empty', negate: false, test: { test: 'empty', empty: true } },
      ],
      timeoutMs: 300_000,
      rerun: 'never',
      capture: [],
    });
    expect(stepOf(withSteps('- { id: see, observe: "true", expect: { exit: 0 } }'), 'see')).toMatchObject({
      risk: 'read',
      every: { source: '10s' },
      for: { source: '5m' },
      times: 1,
      timeoutMs: 30_000,
    });
    expect(stepOf(withSteps(`- ${GOOD_STEP}`), 'fine')).toMatchObject({ rerun: 'safe' });
  });

  test('durations are milliseconds, and a bare number keeps the digits of the file', () => {
    const text = step('timeout: 1h30m, silence: 90s, planned: 2m').replace(
      'exit: 0',
      'exit: [0, 2], stdout: { equals: 1.20 }',
    );
    const one = stepOf(text, 'one');
    expect(one).toMatchObject({ timeoutMs: 5_400_000, silenceMs: 90_000, plannedMs: 120_000 });
    expect(one).toMatchObject({
      expect: [{ codes: [0, 2] }, { test: { test: 'equals', value: { source: '1.20' } } }],
    });
    const numbered = withTop('downtime: none').replace('version: 1.0.0', 'version: 1.10');
    expect(parseGood(numbered).version).toBe('1.10');
  });

  test('several tests are several expectations with names of their own', () => {
    const text = step('mode: exec').replace(
      'exit: 0',
      'exit: 0, stdout: [{ contains: a, not: { contains: b } }, { contains: c }], stderr: { number: { above: 1, at-most: 3, unit: "%" } }',
    );
    const one = stepOf(text, 'one');
    expect(one.kind === 'run' && one.expect.map((e) => e.label)).toEqual([
      'exit',
      'stdout contains',
      'stdout not contains',
      'stdout contains (2)',
      'stderr number',
      'stderr number (2)',
    ]);
  });

  test('people: attest, decide and hold', () => {
    const text =
      withSteps(`- { id: seen, attest: { by: verifier, number: { label: Entries, min: 1 }, capture: entries } }
- { id: pick, decide: { question: Which way?, options: { go-on: Go on, stop: { title: Stop, reason: true } }, capture: way } }
- { id: wait, hold: { kind: go, signers: [verifier], title: Go or not } }
- { id: after, run: "echo \${entries} \${way} \${link}", risk: read, expect: { exit: 0 }, when: 'choice.way == "go-on" && step["seen"].state == "attested"' }`);
    expect(stepOf(text, 'seen')).toMatchObject({
      by: 'verifier',
      input: { kind: 'number', min: 1 },
      capture: 'entries',
    });
    expect(stepOf(text, 'pick')).toMatchObject({
      title: 'Which way?',
      by: 'operator',
      options: [
        { id: 'go-on', title: 'Go on', reason: false },
        { id: 'stop', title: 'Stop', reason: true },
      ],
    });
    expect(stepOf(text, 'wait')).toMatchObject({
      title: 'Go or not',
      hold: 'go',
      signers: ['verifier'],
      risk: 'read',
    });
    expect(stepsOf(parseGood(text)).map(({ step: s, index }) => `${String(index)} ${s.id}`)).toEqual([
      '0 seen',
      '1 pick',
      '2 wait',
      '3 after',
    ]);
  });

  test('a proof of identity may be short', () => {
    const text = withTop('downtime: none').replace(
      'ops: { title: Host }',
      'ops: { title: Host, identity: [{ run: hostname, equals: "${namespace}" }] }',
    );
    expect(parseGood(text).targets[0]?.identity).toMatchObject([
      {
        title: 'hostname',
        expect: [
          { on: 'exit', codes: [0] },
          { on: 'stdout', test: { test: 'equals', value: { source: '${namespace}' } } },
        ],
      },
    ]);
  });
});

describe('shape errors, each at its place', () => {
  const cases: readonly [name: string, text: string, rule: string, says: RegExp][] = [
    [
      'unknown key, with a suggestion',
      withTop('▮downtme: none'),
      'schema.unknown-key',
      /did you mean "downtime"/,
    ],
    ['unknown key of a step', step('▮timout: 5m'), 'schema.unknown-key', /did you mean "timeout"/],
    ['key of another kind', step('▮every: 5s'), 'schema.unknown-key', /not a key of this kind of step/],
    [
      'unknown key of a test',
      step('mode: exec').replace('exit: 0', 'stdout: { ▮contain: x }'),
      'schema.unknown-key',
      /did you mean "contains"/,
    ],
    [
      'unknown value',
      withTop('downtime: none').replace('kind: maintenance', 'kind: ▮maintainance'),
      'schema.value',
      /did you mean "maintenance"/,
    ],
    [
      'missing key, at the mapping',
      withSteps(`- ▮{ run: "true", risk: read, expect: { exit: 0 } }`),
      'schema.missing',
      /"id" is missing/,
    ],
    ['wrong type', withTop('abort: ▮{ a: b }'), 'schema.type', /"abort" must be a list/],
    ['duration', step('timeout: ▮5 minutes'), 'schema.value', /must be a duration/],
    ['step without a kind', withSteps('- ▮{ id: one, title: What }'), 'step.kind', /one of: run, observe/],
    ['kind mistyped', withSteps('- ▮{ id: one, rnu: "true" }'), 'step.kind', /did you mean "run"/],
    [
      'two kinds',
      withSteps('- { id: one, run: "true", ▮observe: "true" }'),
      'step.kind',
      /"run" and "observe"/,
    ],
    [
      'name in capitals',
      withTop('downtime: none').replace('  label:', '  ▮Label:'),
      'schema.name',
      /not allowed as a name/,
    ],
    ['exit out of range', step('').replace('exit: 0', 'exit: ▮999'), 'schema.value', /too large/],
    [
      'later attest',
      withSteps('- { id: show, attest: { ▮file: x } }'),
      'unsupported',
      /"file" is not supported/,
    ],
    ...['secret-output'].map((key): [string, string, string, RegExp] => [
      `later key ${key}`,
      step(`▮${key}: x`),
      'unsupported',
      /not supported by/,
    ]),
  ];
  test.each(cases)('%s', (_name, text, rule, says) => {
    const finding = findingAt(text, rule);
    expect(`${finding.message} ${finding.hint ?? ''}`).toMatch(says);
  });

  test('all of them at once, in the order of the file', () => {
    const { diagnostics } = parseRunbook(
      withTop('downtme: none').replace('kind: maintenance', 'kind: x').replace('service: MazeVault\n', ''),
      FILE,
    );
    expect(diagnostics.map((d) => [d.line, d.rule])).toEqual([
      [1, 'schema.missing'],
      [5, 'schema.value'],
      [16, 'schema.unknown-key'],
    ]);
  });
});

describe('meaning', () => {
  const cmd = (command: string, more = '') =>
    withSteps(`- id: one\n  risk: read\n  expect: { exit: 0 }\n${more}  run: |\n    ${command}`);
  const cases: readonly [name: string, text: string, rule: string, says: RegExp][] = [
    [
      'unknown parameter, at its place in a block',
      cmd('echo a\n    echo ▮${namespcae}'),
      'parameter.unknown',
      /did you mean "namespace"/,
    ],
    ['the second of two', cmd('echo $${nope} ▮${nope}'), 'parameter.unknown', /"nope"/],
    ['unknown target', step('on: ▮opps'), 'target.unknown', /did you mean "ops"/],
    ['unknown variant', step(`when: 'variant.▮lnk == "x"'`), 'variant.unknown', /did you mean "link"/],
    ['unknown parameter in a condition', step(`when: 'param.▮nam == "x"'`), 'parameter.unknown', /"nam"/],
    ['secret in a condition', step(`when: 'param.▮token == "x"'`), 'secret.in-condition', /never stored/],
    [
      'unknown step in a condition',
      step(`when: 'step["▮onne"].state == "passed"'`),
      'step.unknown',
      /did you mean "one"/,
    ],
    [
      'a step that comes later',
      step(`when: 'step["▮one"].state == "passed"'`),
      'step.too-early',
      /does not come before/,
    ],
    ['condition that is none', step(`when: ▮variant.link`), 'when.invalid', /true or false/],
    ['condition that does not parse', step(`when: ▮'variant.'`), 'when.invalid', /cannot be used/],
    [
      'same-as of nothing',
      step('mode: exec').replace('exit: 0', 'stdout: { same-as: ▮before }'),
      'capture.unknown',
      /no capture "before"/,
    ],
    [
      'capture used too early',
      withSteps(
        `- { id: one, run: "echo ▮\${made}", risk: read, expect: { exit: 0 } }\n- { id: two, run: "true", risk: read, expect: { exit: 0 }, capture: { made: stdout } }`,
      ),
      'capture.too-early',
      /before step "two" makes it/,
    ],
    [
      'two steps of one id',
      withSteps(`- ${GOOD_STEP}\n- ${GOOD_STEP.replace('id: ', 'id: ▮')}`),
      'step.duplicate',
      /two steps "fine"/,
    ],
    [
      'capture named like a parameter',
      step('capture: { ▮namespace: stdout }'),
      'name.collision',
      /already the name of a parameter/,
    ],
    [
      'stderr of a pty',
      step('').replace('exit: 0', '▮stderr: { contains: x }'),
      'expect.stderr-on-pty',
      /mode: exec/,
    ],
    [
      'run without expectation',
      withSteps('- ▮{ id: one, run: "true", risk: read }'),
      'expect.missing',
      /expect: { exit: 0 }/,
    ],
    [
      'empty expectation',
      withSteps('- { id: one, run: "true", risk: read, expect: ▮{} }'),
      'expect.missing',
      /Nothing is expected/,
    ],
    [
      'observe without expectation',
      withSteps('- ▮{ id: one, observe: "true" }'),
      'expect.missing',
      /Nothing is expected/,
    ],
    [
      'expectation without test',
      step('').replace('exit: 0', 'stdout: ▮{}'),
      'expect.no-test',
      /Nothing is tested/,
    ],
    [
      'number without limit',
      step('').replace('exit: 0', 'stdout: { number: ▮{} }'),
      'expect.no-test',
      /No limit/,
    ],
    [
      'contains nothing',
      step('').replace('exit: 0', 'stdout: { contains: ▮"" }'),
      'expect.no-test',
      /in every output/,
    ],
    [
      'limit that is no number',
      step('').replace('exit: 0', 'stdout: { lines: { above: ▮many } }'),
      'expect.not-a-number',
      /"many"/,
    ],
    ['check-first without probe', step('rerun: ▮check-first'), 'rerun.probe-missing', /needs a probe/],
    [
      'observe that changes something',
      withSteps('- { id: one, observe: "true", risk: ▮disruptive, expect: { exit: 0 } }'),
      'observe.risk',
      /must only read/,
    ],
    [
      'observe for a time that is no duration',
      withSteps('- { id: one, observe: "true", for: ▮soon, expect: { exit: 0 } }'),
      'duration.invalid',
      /"soon"/,
    ],
    [
      'observe for a value that is no duration',
      withSteps('- { id: one, observe: "true", every: ▮"${label}", expect: { exit: 0 } }'),
      'observe.time',
      /"\$\{label\}" is not a duration/,
    ],
    [
      'observe too short for its probes',
      withSteps('- ▮{ id: one, observe: "true", every: 1m, for: 2m, times: 4, expect: { exit: 0 } }'),
      'observe.too-short',
      /4 probes/,
    ],
    [
      'pattern that does not compile',
      step('').replace('exit: 0', 'stdout: { matches: ▮"(" }'),
      'regex.invalid',
      /cannot be used/,
    ],
    [
      'pattern that could hang',
      step('').replace('exit: 0', 'stdout: { matches: ▮"(a+)+$" }'),
      'regex.invalid',
      /repeated group/,
    ],
    [
      'JSON path',
      step('').replace('exit: 0', 'stdout: { json: { path: ▮status, equals: x } }'),
      'json-path.invalid',
      /starts with "\$"/,
    ],
    ['secret in a command', cmd('login ▮${token}'), 'secret.on-command-line', /free of secrets/],
    [
      'secret in an expectation',
      step('').replace('exit: 0', 'stdout: { contains: "▮${token}" }'),
      'secret.on-command-line',
      /secret/,
    ],
    ['text inside double quotes', cmd('echo "a ▮${label}"'), 'quoting.inside-quotes', /inside double quotes/],
    [
      'text inside single quotes',
      cmd(`sh -c 'echo ▮\${label}'`),
      'quoting.inside-quotes',
      /inside single quotes/,
    ],
    [
      'text in a here-document',
      cmd('cat <<EOF\n    ▮${label}\n    EOF'),
      'quoting.inside-quotes',
      /here-document/,
    ],
    ['backslash before a reference', cmd('echo \\▮${label}'), 'quoting.escaped', /backslash/],
    [
      'open quote',
      withSteps(`- { id: one, run: ▮"echo 'a", risk: read, expect: { exit: 0 } }`),
      'shell.unterminated',
      /a single quote/,
    ],
    ['shell expansion written bare', cmd('echo ▮${HOME}'), 'template.syntax', /\$\$\{HOME\}/],
    ['raw reference', cmd('echo ▮${raw:label}'), 'quoting.raw', /without quotes/],
    [
      'risk not stated',
      withSteps('- ▮{ id: one, run: "true", expect: { exit: 0 } }'),
      'risk.missing',
      /irreversible/,
    ],
    [
      'hold without signers',
      withSteps('- { id: one, hold: { kind: go, signers: ▮[] } }'),
      'schema.value',
      /at least 1/,
    ],
    [
      'signer who does not take part',
      withSteps('- { id: one, hold: { kind: go, signers: [▮owner] } }'),
      'role.undeclared',
      /add owner to "roles:"/,
    ],
    [
      'second point of no return',
      withSteps(
        '- { id: one, hold: { kind: point-of-no-return, signers: [verifier] } }\n- { id: two, hold: { kind: ▮point-of-no-return, signers: [verifier] } }',
      ),
      'hold.point-of-no-return',
      /Step "one" already is/,
    ],
    [
      'default that does not fit',
      withTop('downtime: none').replace('default: mazevault', 'default: ▮Maze Vault'),
      'parameter.default',
      /lower-case/,
    ],
    [
      'key of another type',
      withTop('downtime: none').replace('type: text', 'type: text, ▮min: 3'),
      'parameter.key',
      /belongs to type integer/,
    ],
    [
      'attest with two inputs',
      withSteps('- { id: one, attest: ▮{ text: { label: a }, checklist: [b] } }'),
      'attest.input',
      /text and checklist/,
    ],
    [
      'passes that are no option',
      withSteps(
        '- { id: one, attest: { choice: { label: a, options: [healthy, degraded], passes: [▮helthy] } } }',
      ),
      'attest.options',
      /did you mean "healthy"/,
    ],
    ['own rollback', withTop('rollback: ▮example'), 'runbook.rollback', /its own rollback/],
    [
      'two phases of one id',
      `${withSteps(`- ${GOOD_STEP}`)}  - id: ▮main\n    steps: [{ id: b, hold: { kind: go, signers: [verifier] } }]\n`,
      'phase.duplicate',
      /two phases/,
    ],
  ];
  test.each(cases)('%s', (_name, text, rule, says) => {
    const finding = findingAt(text, rule);
    expect(`${finding.message} ${finding.hint ?? ''}`).toMatch(says);
  });

  test('a name may stand in quotes, and nothing is said', () => {
    expect(parseRunbook(cmd('echo "a ${namespace} ${link}"'), FILE).diagnostics).toEqual([]);
  });

  test('a warning does not stop the runbook', () => {
    const { runbook, diagnostics } = parseRunbook(cmd('echo ${raw:label}'), FILE);
    expect(runbook).not.toBeNull();
    expect(diagnostics).toMatchObject([{ severity: 'warning', rule: 'quoting.raw' }]);
  });

  test('the file is called like the id', () => {
    expect(
      findingAt(
        withTop('downtime: x').replace('id: example', 'id: ▮example'),
        'runbook.file-name',
        'other.runbook.yaml',
      ).hint,
    ).toBe('call the file example.runbook.yaml');
  });

  test('with two targets a step says which', () => {
    const text = withSteps('- ▮{ id: one, run: "true", risk: read, expect: { exit: 0 } }').replace(
      'ops: { title: Host }',
      'ops: { title: Host }\n  db: { title: Database }',
    );
    expect(findingAt(text, 'target.missing').hint).toBe('one of: ops, db');
  });
});

describe('hostile files', () => {
  const bomb = [
    'a: &a [x, x, x, x, x, x, x, x, x]',
    ...'bcdefghi'.split('').map((c, i) => `${c}: &${c} [${`*${'abcdefgh'[i] ?? 'a'}, `.repeat(9)}]`),
  ].join('\n');
  const cases: readonly [name: string, text: string, rule: string, line: number, column: number][] = [
    ['alias bomb', bomb, 'yaml.alias', 1, 1],
    ['alias in a circle', 'kind: &a [*a]', 'yaml.alias', 1, 1],
    ['2 MiB', `title: ${'x'.repeat(2 * 1024 * 1024)}`, 'yaml.too-large', 1, 1],
    ['1 MiB in fewer characters', `title: ${'€'.repeat(400_000)}`, 'yaml.too-large', 1, 1],
    ['deep brackets', `a:\n  ${'['.repeat(500_000)}`, 'yaml.too-deep', 2, 35],
    ['deep dashes', `${'- '.repeat(100_000)}x`, 'yaml.too-deep', 1, 65],
    ['tab', 'a:\n\tb: 1', 'yaml.tab', 2, 1],
    ['NUL', 'a: b\nc: \u0000', 'yaml.binary', 2, 4],
    ['not UTF-8', 'a: \ufffd', 'yaml.binary', 1, 4],
    ['duplicate key', 'id: a\nid: b', 'yaml.duplicate-key', 2, 1],
    ['tag', 'a: !!js/function x', 'yaml.tag', 1, 4],
    ['two documents', 'a: 1\n---\nb: 2', 'yaml.syntax', 2, 1],
    ['open quote', 'a: "x', 'yaml.syntax', 1, 6],
    ['nothing', '', 'yaml.syntax', 1, 1],
    ['a comment', '# x\n', 'yaml.syntax', 1, 1],
    ['a list', '- 1', 'schema.type', 1, 1],
    ['merge key', withTop('<<: { a: b }'), 'schema.unknown-key', 17, 1],
    ['prototype', withTop('__proto__: { a: b }'), 'schema.unknown-key', 17, 1],
  ];
  test.each(cases)('%s is refused with its place', (_name, text, rule, line, column) => {
    const { runbook, diagnostics } = parseRunbook(text, FILE);
    expect(runbook).toBeNull();
    expect(diagnostics[0]).toMatchObject({ severity: 'error', rule, line, column, file: FILE });
  });

  test('whatever the text, there is an answer and never an exception', () => {
    const good = withSteps(`- ${GOOD_STEP}`);
    fc.assert(
      fc.property(fc.nat(good.length), fc.nat(20), fc.string({ maxLength: 12 }), (at, cut, insert) => {
        const { runbook, diagnostics } = parseRunbook(
          good.slice(0, at) + insert + good.slice(at + cut),
          FILE,
        );
        expect(runbook === null).toBe(diagnostics.some((d) => d.severity === 'error'));
        for (const d of diagnostics)
          expect([d.line > 0, d.column > 0, d.message.length > 0]).toEqual([true, true, true]);
      }),
      { numRuns: 300 },
    );
  });
});
