/** Counts what the test runners report. A runner that fell over is a failure, and nothing run is never a pass. */

export const empty = { passed: 0, failed: 0, skipped: 0 };

/** @param {...{ passed: number, failed: number, skipped: number }} tallies */
export function add(...tallies) {
  return tallies.reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      skipped: sum.skipped + one.skipped,
    }),
    empty,
  );
}

/** A runner that ended badly without naming a failed test has failed once. */
function withRunner(tally, code) {
  return code !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}

/**
 * Vitest's JSON report.
 * @param {string | undefined} text the report file, undefined when there is none.
 * @param {number} code exit code of the runner.
 */
export function fromVitest(text, code) {
  const report = parse(text);
  if (!Array.isArray(report?.testResults)) return { ...empty, failed: 1 };
  const files = report.testResults.map((file) => {
    const states = file.assertionResults.map((one) => one.status);
    const count = (...names) => states.filter((state) => names.includes(state)).length;
    const failed = count('failed');
    return {
      passed: count('passed'),
      // A file that could not be loaded has no failed test to its name.
      failed: failed === 0 && file.status === 'failed' ? 1 : failed,
      skipped: states.length - count('passed', 'failed'),
    };
  });
  return withRunner(add(...files), code);
}

/** Playwright's JSON report; as above. What passed only on a second try has passed: `unsteady` names it. */
export function fromPlaywright(text, code) {
  const stats = parse(text)?.stats;
  if (typeof stats?.expected !== 'number') return { ...empty, failed: 1 };
  const tally = { passed: stats.expected + stats.flaky, failed: stats.unexpected, skipped: stats.skipped };
  return withRunner(tally, code);
}

/**
 * The tests that failed once and passed on their second try, with what they failed of: each is a mistake to be found.
 * @param {string | undefined} text the JSON report of either runner. @returns {readonly string[]}
 */
export function unsteady(text) {
  const report = parse(text);
  const nodes = (report?.testResults ?? []).flatMap((file) => file.assertionResults);
  const first = (message) => message?.trim().split('\n')[0] ?? 'no reason given';
  const fromNodes = nodes
    .filter((one) => one.status === 'passed' && (one.failureMessages ?? []).length > 0)
    .map((one) => `unsteady: ${one.fullName}: ${first(one.failureMessages[0])}`);
  const fromPages = pageTestsOf(report)
    .filter(({ test }) => test.status === 'flaky')
    .map(({ spec, test }) => {
      const failure = test.results?.find((one) => one.error !== undefined)?.error.message;
      return `unsteady: ${spec.title}: ${first(failure)}`;
    });
  return [...fromNodes, ...fromPages];
}

/** Each test of Playwright's report with the specification it belongs to. */
function pageTestsOf(report) {
  const ofSuite = (suite) => [
    ...(suite.specs ?? []).flatMap((spec) => (spec.tests ?? []).map((test) => ({ spec, test }))),
    ...(suite.suites ?? []).flatMap(ofSuite),
  ];
  return (report?.suites ?? []).flatMap(ofSuite);
}

function parse(text) {
  try {
    return text === undefined ? undefined : JSON.parse(text);
  } catch {
    // Half a report is what a crash leaves; the caller counts it as a failure.
    return undefined;
  }
}

/**
 * Why Playwright skipped tests: one line for each reason, with its count.
 * @param {string | undefined} text Playwright's JSON report. @returns {readonly string[]}
 */
export function skipReasons(text) {
  const counts = new Map();
  for (const { test } of pageTestsOf(parse(text))) {
    if (test.status !== 'skipped') continue;
    const reason = test.annotations?.find((each) => each.type === 'skip')?.description ?? 'no reason given';
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return [...counts].map(([reason, count]) => `skipped ${count}: ${reason}`);
}

/**
 * How `npm test` ends: a line on what was skipped, where anything was, and the count as its last line.
 * @param {{ passed: number, failed: number, skipped: number }} tally
 */
export function summary({ passed, failed, skipped }) {
  const left = skipped > 0 ? `skipped: ${skipped}, each with its reason above\n` : '';
  return `${left}${passed} passed, ${failed} failed`;
}

/** @param {{ passed: number, failed: number, skipped: number }} tally */
export function exitCode({ passed, failed }) {
  return failed === 0 && passed > 0 ? 0 : 1;
}
