/** The linter over whole runbooks: places hold, and what it does not know it leaves alone. */
import { describe, expect, it } from 'vitest';
import { exampleRunbook } from '../../../../electron/domain/lint/example.ts';
import { lintRunbook } from '../../../../electron/domain/lint/lint.ts';
import { stepCommands } from '../../../../electron/domain/lint/runbookCommands.ts';
import { stepsOf } from '../../../../electron/domain/lint/steps.ts';
import { loadYaml } from '../../../../electron/domain/runbook/yamlSource.ts';

function lint(example: string) {
  const { text, lineOf } = exampleRunbook(example);
  return lintRunbook(text, 'example.runbook.yaml').map(({ rule, line }) => ({
    rule,
    line: line - lineOf(0),
  }));
}

describe('places', () => {
  it('are those of the file, in a block, a folded text and quotes', () => {
    const found = lint(
      [
        '- id: one',
        '  title: Look at both',
        '  run: |',
        '    true',
        '    curl -fsS https://a.internal/',
        '    true && curl -fsS https://a.internal/',
        '  mode: exec',
        '  expect: { exit: 0 }',
        '  risk: read',
        '  timeout: 30s',
        '  planned: 5s',
        '- id: two',
        '  title: Look at it folded',
        '  run: >-',
        '    true;',
        '    curl -fsS https://a.internal/',
        "  probe: { run: 'true; curl -fsS https://a.internal/', expect: { exit: 0 } }",
        '  mode: exec',
        '  expect: { exit: 0 }',
        '  risk: read',
        '  timeout: 30s',
        '  planned: 5s',
      ].join('\n'),
    );
    expect(found.filter(({ rule }) => rule === 'curl.timeout').map(({ line }) => line)).toEqual([
      5, 6, 16, 17,
    ]);
  });

  it('are the same for every command, in whatever way it is written', () => {
    const { text } = exampleRunbook('- id: a\n  run: |2\n      x "${y}"\n       curl z\n  title: T');
    const loaded = loadYaml(text, 'example.runbook.yaml');
    if (!loaded.ok) throw new Error('cannot be read');
    const book = { source: loaded.source, runbook: null, library: null };
    const [command] = stepsOf(book).flatMap((step) => stepCommands(book, step));
    const at = command?.place(command.text.indexOf('curl'));
    expect(text.split('\n')[(at?.line ?? 0) - 1]?.slice((at?.column ?? 0) - 1)).toBe('curl z');
  });
});

describe('what it does not know', () => {
  it('leaves step kinds of later versions alone', () => {
    const found = lint('- id: later\n  title: Later\n  levitate: { height: 3 }\n  planned: 5s');
    expect(found.filter(({ rule }) => !rule.startsWith('schema.') && rule !== 'step.kind')).toEqual([]);
  });

  it('lints what it can of a runbook with errors', () => {
    const found = lint('- id: one\n  title: Look\n  run: curl -k https://a.internal/\n  nonsense: 1').map(
      ({ rule }) => rule,
    );
    expect(found).toContain('tls.insecure');
    expect(found.some((rule) => rule.startsWith('schema.'))).toBe(true);
  });

  it.each(['', 'a: [', '[]', '- 1', 'runbook: 1\nphases: {a: 1}', 'phases: [{steps: [null, 3, {run: 4}]}]'])(
    'never fails: %j',
    (text) => {
      expect(lintRunbook(text, 'x.runbook.yaml').length).toBeGreaterThan(0);
    },
  );
});

describe('conditions', () => {
  const rulesOf = (when: string) =>
    lint(
      [
        'parameters:',
        '  region: { title: Region, type: name, required: true, default: prague }',
        'variants:',
        '  site: { title: Site, options: { connected: With one, air-gapped: Without }, default: connected }',
        'phases:',
        '  - id: look',
        '    title: Look',
        '    budget: 5m',
        '    steps:',
        '      - id: repository',
        '        title: Refresh the chart repository',
        `        when: ${when}`,
        '        run: helm repo update',
        '        mode: exec',
        '        expect: { stdout: { contains: Update Complete } }',
        '        risk: read',
        '        timeout: 1m',
        '        planned: 5s',
      ].join('\n'),
    ).map(({ rule }) => rule);

  it.each([
    'param.region == "prague" && variant.site == "connected"',
    // As runbooks are put together.
    '(param["region"] == "prague") && (variant["site"] == "connected")',
    "param['region'] == 'prague' && variant['site'] != 'air-gapped'",
  ])('may name a parameter and a variant by dot and by index: %s', (when) => {
    expect(rulesOf(when)).toEqual([]);
  });
  it('name what they name, and nothing that only begins like it', () => {
    expect(rulesOf('param["region_two"] == "a" && variant["sites"] == "connected"')).toEqual(
      expect.arrayContaining(['parameter.unused', 'network.air-gapped']),
    );
  });
  it('are read also where a name is no name', () => {
    const text = 'runbook: 1\nparameters:\n  "re(gion": { title: R }\n';
    expect(lintRunbook(text, 'x.runbook.yaml').map(({ rule }) => rule)).toContain('parameter.unused');
  });
});

describe('links', () => {
  it('are looked up in the library when there is one', () => {
    const { text } = exampleRunbook('rollback: roll-bakc');
    const rules = (library?: ReadonlySet<string>) =>
      lintRunbook(text, 'example.runbook.yaml', library === undefined ? {} : { library }).map(
        ({ rule }) => rule,
      );
    expect(rules()).toEqual([]);
    expect(rules(new Set(['roll-back']))).toEqual(['runbook.unknown']);
  });
});
