/** How the programs that runbooks use most take their arguments. */
import { calls, type Invocation } from './invocations.ts';
import { type Options, optionsOf } from './options.ts';
import type { ShellText } from '../rule.ts';
import type { Word } from './syntax.ts';

const CURL_SHORT = 'AbCcDdEeFHhKmoPQrTtUuwXxYyz';
const CURL_LONG = (
  '--cacert --capath --cert --key --max-time --connect-timeout --output --user --header --data --data-binary ' +
  '--data-raw --request --url --resolve --retry --retry-delay --retry-max-time --write-out --proxy --user-agent ' +
  '--form --config --netrc-file --interface --pinnedpubkey --noproxy --max-redirs --range --upload-file ' +
  '--dump-header --oauth2-bearer --proxy-user --pass'
).split(' ');
export function curl(call: Invocation): Options {
  return optionsOf(call.args, { short: CURL_SHORT, long: CURL_LONG });
}

/** A subcommand with its own options and arguments. */
export interface Sub {
  readonly call: Invocation;
  readonly name: string;
  readonly word: Word;
  readonly options: Options;
  /** Arguments behind the subcommand. */
  readonly args: readonly Word[];
}

const HELM_LONG = (
  '--namespace --kube-context --kubeconfig --values --set --set-string --set-file --set-json --version --timeout ' +
  '--max --revision --output --repo --history-max --description --username --password --context --ca-file --cert-file'
).split(' ');
/** Subcommands of helm; `helm diff upgrade` is called `diff upgrade`. */
export function helm(command: ShellText): readonly Sub[] {
  return calls(command, 'helm').flatMap((call) =>
    sub(call, call.args, { short: 'nfo', long: HELM_LONG }, ['diff', 'get', 'repo', 'registry', 'plugin']),
  );
}

const KUBE_LONG = (
  '--namespace --context --kubeconfig --cluster --selector --output --filename --container --timeout --for ' +
  '--replicas --field-selector --grace-period --type --patch --tail --since --image --user --as'
).split(' ');
export function kubectl(command: ShellText): readonly Sub[] {
  return calls(command, 'kubectl', 'oc').flatMap((call) => {
    const dashes = call.args.findIndex((word) => word.value === '--');
    const own = dashes === -1 ? call.args : call.args.slice(0, dashes);
    return sub(call, own, { short: 'nlofcps', long: KUBE_LONG }, ['rollout', 'config', 'set']);
  });
}

const COMPOSE_LONG = (
  '--file --project-name --profile --env-file --project-directory --pull --timeout --wait-timeout --scale ' +
  '--format --index --user --workdir --env --tail --since'
).split(' ');
/** Subcommands of `docker compose` and `docker-compose`. */
export function compose(command: ShellText): readonly Sub[] {
  const shape = { short: 'fptnuwe', long: COMPOSE_LONG };
  return calls(command, 'docker', 'podman', 'docker-compose').flatMap((call) => {
    if (call.name === 'docker-compose') return sub(call, call.args, shape, []);
    const at = call.args.findIndex((word) => word.value === 'compose');
    return at === -1 ? [] : sub(call, call.args.slice(at + 1), shape, []);
  });
}

const DOCKER_LONG = (
  '--name --volume --env --env-file --network --publish --user --workdir --entrypoint --mount --label --restart ' +
  '--platform --input --output --format --filter --memory --cpus --hostname --add-host --context --host --log-level'
).split(' ');
/** Subcommands of docker itself; `docker image pull` is called `pull`. */
export function docker(command: ShellText): readonly Sub[] {
  return calls(command, 'docker', 'podman').flatMap((call) => {
    const [first] = call.args;
    if (first?.value === 'compose') return [];
    const own = ['image', 'container'].includes(first?.value ?? '') ? call.args.slice(1) : call.args;
    return sub(call, own, { short: 'cHvepuwlmhf', long: DOCKER_LONG }, ['system', 'volume', 'network']);
  });
}

function sub(
  call: Invocation,
  args: readonly Word[],
  shape: { readonly short: string; readonly long: readonly string[] },
  groups: readonly string[],
): readonly Sub[] {
  const options = optionsOf(args, shape);
  const [word, second] = options.rest;
  if (word === undefined) return [];
  if (groups.includes(word.value) && second !== undefined) {
    const name = `${word.value} ${second.value}`;
    return [{ call, name, word, options, args: options.rest.slice(2) }];
  }
  return [{ call, name: word.value, word, options, args: options.rest.slice(1) }];
}

const PG_SHORT = 'cdfFhjLnNoOpPRSTUvW'.replace('W', '').replace('O', '');
const PG_LONG = (
  '--command --dbname --file --host --port --username --set --variable --output --format --jobs --schema --table ' +
  '--exclude-schema --exclude-table --role --use-list'
).split(' ');
/** Options of psql, pg_dump and pg_restore. */
export function postgres(call: Invocation): Options {
  const short =
    call.name === 'pg_restore' ? 'dfFhjLnpPSTtUI' : call.name === 'psql' ? 'cdfFhLopPRTUv' : PG_SHORT + 'tEZ';
  return optionsOf(call.args, { short, long: PG_LONG });
}

/** SQL that a psql call runs: from -c, a here-document or a here-string. `from` is its offset in the whole text. */
export function sqlOf(call: Invocation): readonly { readonly text: string; at(offset: number): number }[] {
  const options = postgres(call);
  const given = [...(options.named.get('c') ?? []), ...(options.named.get('--command') ?? [])];
  const words = given.flatMap((option) => (option.valueWord === null ? [] : [option.valueWord]));
  for (const redirect of call.command.redirects) {
    if (redirect.operator === '<<<' && redirect.target !== null) words.push(redirect.target);
  }
  const bodies = call.command.redirects.flatMap(({ body }) =>
    body === null ? [] : [{ text: body.text, at: (offset: number) => call.at(body.start + offset) }],
  );
  return [
    ...words.map((word) => ({
      text: word.value,
      at: (offset: number) => call.at(word.offsets[offset] ?? word.start),
    })),
    ...bodies,
  ];
}
