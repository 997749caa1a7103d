/** The parts of the format that concern evidence: standard input and secrets, withheld output, holds, policy, facts. */
import { describe, expect, it } from 'vitest';
import { parseRunbook } from '../../../../electron/domain/runbook/parse.ts';
import { FILE, findingAt, parseGood, stepOf, withSteps, withTop } from './example.ts';

const run = (more: string) =>
  withSteps(`- id: one\n  risk: read\n  run: login\n  expect: { exit: 0 }\n${more}`);

describe('standard input', () => {
  it('takes a secret, and nothing else of the step does', () => {
    const step = stepOf(run('  mode: exec\n  stdin: |\n    ${token}\n    ${label}'), 'one');
    expect(step).toMatchObject({
      mode: 'exec',
      stdin: { parts: [{ name: 'token' }, {}, { name: 'label' }, {}] },
    });
  });

  const refused: readonly [name: string, text: string, rule: string, says: RegExp][] = [
    ['in a terminal', run('  ▮stdin: "${token}"'), 'stdin.mode', /terminal/],
    ['detached', run('  mode: detached\n  ▮stdin: "${token}"'), 'stdin.mode', /terminal/],
    ['raw', run('  mode: exec\n  stdin: "▮${raw:token}"'), 'stdin.raw', /no quotes/],
    ['what is not there', run('  mode: exec\n  stdin: "▮${tokn}"'), 'parameter.unknown', /tokn/],
    ['a secret to be typed', run('  confirm: { type: "▮${token}" }'), 'secret.on-command-line', /secret/],
    [
      'a secret in the command',
      run('').replace('login', '"login ▮${token}"'),
      'secret.on-command-line',
      /stdin/,
    ],
    [
      'a secret as a fact',
      withTop('facts: { from: "▮${token}" }').replace('maintenance', 'upgrade'),
      'secret.on-command-line',
      /secret/,
    ],
    [
      'a secret in a proof of identity',
      run('').replace(
        '{ title: Host }',
        '{ title: Host, identity: [{ run: hostname, equals: "▮${token}" }] }',
      ),
      'secret.on-command-line',
      /secret/,
    ],
  ];
  it.each(refused)('refuses %s', (_name, text, rule, says) => {
    const finding = findingAt(text, rule);
    expect(`${finding.message} ${finding.hint ?? ''}`).toMatch(says);
  });
});

describe('evidence: none', () => {
  it('stands on run and observe steps', () => {
    expect(stepOf(run('  evidence: none'), 'one')).toMatchObject({ evidence: 'none' });
    const observe = withSteps('- id: one\n  observe: "true"\n  expect: { exit: 0 }\n  evidence: none');
    expect(stepOf(observe, 'one')).toMatchObject({ evidence: 'none' });
  });

  it('refuses to capture from it, and to leave the output on the host', () => {
    findingAt(run('  evidence: none\n  ▮capture: { a: stdout }'), 'evidence.capture');
    findingAt(run('  mode: detached\n  ▮evidence: none'), 'evidence.detached');
    expect(parseRunbook(run('  evidence: full'), FILE).runbook).toBeNull();
  });
});

describe('holds', () => {
  const hold = (more: string) =>
    withSteps(`- id: go\n  hold: { kind: go, signers: [verifier, verifier, operator], ${more} }`);

  it('ask for some of the signers, and a role may stand there twice', () => {
    expect(stepOf(hold('needs: 2'), 'go')).toMatchObject({
      signers: ['verifier', 'verifier', 'operator'],
      needs: 2,
    });
  });

  it('refuse more signatures than signers', () => {
    expect(findingAt(hold('needs: ▮4'), 'hold.needs').hint).toMatch(/1 to 3/);
    expect(parseRunbook(hold('needs: 0'), FILE).runbook).toBeNull();
  });
});

describe('policy, anchors and facts', () => {
  it('are read as they stand', () => {
    const text = withTop(
      'policy: { approvals: 2, holds: signed, reviews: 1, timestamp: required, anchors: logger }\nfacts: { keyId: "${label}", bits: 4096, dualControl: true }',
    )
      .replace('kind: maintenance', 'kind: key-rotation')
      .replace('{ title: Host }', '{ title: Host, anchor: true }');
    const runbook = parseGood(text);
    expect(runbook.policy).toEqual({
      approvals: 2,
      holds: 'signed',
      reviews: 1,
      timestamp: 'required',
      anchors: 'logger',
    });
    expect(runbook.targets[0]?.anchor).toBe(true);
    expect(runbook.facts?.['keyId']?.parts).toEqual([{ kind: 'ref', name: 'label', raw: false }]);
    expect(runbook.facts?.['bits']?.source).toBe('4096');
    expect(runbook.facts?.['dualControl']?.source).toBe('true');
  });

  it('take a capture of any step for a fact', () => {
    const text = withSteps(
      '- id: one\n  risk: read\n  run: id\n  expect: { exit: 0 }\n  capture: { seen: stdout }',
    )
      .replace('kind: maintenance', 'kind: upgrade')
      .replace('phases:', 'facts: { from: "${seen}" }\nphases:');
    expect(parseGood(text).facts?.['from']?.source).toBe('${seen}');
  });

  it('refuse names that do not belong to the kind', () => {
    expect(findingAt(withTop('facts: { ▮keyId: x }'), 'facts.unknown').hint).toMatch(/key-rotation/);
    const rotation = withTop('facts: { ▮keyID: x }').replace('kind: maintenance', 'kind: key-rotation');
    expect(findingAt(rotation, 'facts.unknown').hint).toMatch(/keyId/);
  });
});
