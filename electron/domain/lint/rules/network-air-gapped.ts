/** Rule network.air-gapped. */
import type { Hit, RunbookRule, RunbookUnderLint, ShellText } from '../rule.ts';
import { stepCommands } from '../runbookCommands.ts';
import { calls, hitAt } from '../shell/invocations.ts';
import { compose, docker, helm } from '../shell/tools.ts';
import { bookOf, fieldsOf, scopePattern, stepsOf, textOf } from '../steps.ts';

export const networkAirGapped: RunbookRule = {
  id: 'network.air-gapped',
  scope: 'runbook',
  severity: 'error',
  title: 'No step of an air-gapped site may need the network',
  why: 'The step waits for a server that cannot be reached, in the middle of the outage.',
  remedy:
    'Add `when:` so that it is done at connected sites only, and give the offline way in a step of its own.',
  bad: `variants:
  site: { title: Site, options: { connected: With a registry, air-gapped: Without one }, default: connected }
phases:
  - id: look
    title: Look
    budget: 5m
    steps:
      - id: repository
        title: Refresh the chart repository
        run: helm repo update
        expect: { stdout: { contains: Update Complete } }
        risk: read
        timeout: 1m
        planned: 5s`,
  good: `variants:
  site: { title: Site, options: { connected: With a registry, air-gapped: Without one }, default: connected }
phases:
  - id: look
    title: Look
    budget: 5m
    steps:
      - id: repository
        title: Refresh the chart repository
        when: variant.site == "connected"
        run: helm repo update
        expect: { stdout: { contains: Update Complete } }
        risk: read
        timeout: 1m
        planned: 5s`,
  badLine: 10,
  check,
};

function check(book: RunbookUnderLint): readonly Hit[] {
  const offline = Object.entries(fieldsOf(bookOf(book)['variants'])).flatMap(([name, variant]) =>
    Object.keys(fieldsOf(fieldsOf(variant)['options']))
      .filter((option) => /air-?gap|offline/.test(option))
      .map((option) => ({ name, option })),
  );
  return offline.flatMap(({ name, option }) =>
    stepsOf(book)
      .filter(({ fields }) => !excludes(textOf(fields['when']) ?? '', name, option))
      .flatMap((step) =>
        stepCommands(book, step).flatMap((command) =>
          needsNetwork(command).map((hit) => ({
            ...hit,
            message: `${hit.message} The step is done at ${option} sites too.`,
          })),
        ),
      ),
  );
}

/** The condition names the variant with another option, or rules this one out. */
function excludes(when: string, name: string, option: string): boolean {
  const equal = new RegExp(`${scopePattern('variant', name)}\\s*==\\s*["']([^"']*)["']`).exec(when)?.[1];
  if (equal !== undefined) return equal !== option;
  return new RegExp(`${scopePattern('variant', name)}\\s*!=\\s*["']${option}["']`).test(when);
}

function needsNetwork(command: ShellText): readonly Hit[] {
  const subs = [
    ...helm(command).filter(({ name }) => name === 'repo update' || name === 'repo add'),
    ...docker(command).filter(({ name }) => name === 'pull'),
    ...compose(command).filter(({ name }) => name === 'pull'),
  ].map((sub) => hitAt(command, sub.call, `${sub.call.name} ${sub.name} needs a registry.`));
  const installs = calls(command, 'apt-get', 'apt', 'dnf', 'yum', 'pip', 'pip3', 'npm', 'apk')
    .filter(({ args }) =>
      args.some(({ value }) => value === 'install' || value === 'update' || value === 'add'),
    )
    .map((call) => hitAt(command, call, `${call.name} needs a mirror.`));
  const fetches = calls(command, 'curl', 'wget', 'git').flatMap((call) => {
    const word = call.args.find(({ value }) => PUBLIC.test(value));
    return word === undefined
      ? []
      : [hitAt(command, call, `${word.value.slice(0, 60)} cannot be reached.`, word)];
  });
  return [...subs, ...installs, ...fetches];
}

const PUBLIC =
  /^https?:\/\/(?!localhost|127\.|10\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|\[?::1|[\w.-]*\.(?:internal|local|lan|svc|test|example)\b|[\w-]+(?:[:/]|$)|\$\{)/;
