/** The `holdpoint` command: reads its arguments and hands over to one of its commands. */
import { parseArgs } from 'node:util';
import type { Settings } from '../contract/settings.ts';
import { capabilitiesCommand, routeCommand } from './connectCommands.ts';
import { exportCommand, keysExportCommand } from './evidenceCommands.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { importCommand } from './importCommand.ts';
import { abandonCommand, ledgerCommand } from './ledgerCommands.ts';
import { createOutput, type Output } from './output.ts';
import { packageCommand } from './packageCommands.ts';
import { planCommand } from './planCommands.ts';
import { requestCommand, requestImportCommand } from './requestCommands.ts';
import {
  enrolCommand,
  keysListCommand,
  timestampCommand,
  trustSetCommand,
  trustShowCommand,
} from './peopleCommands.ts';
import { resumeCommand, type RunArguments, runCommand } from './runCommand.ts';
import { sealCommand } from './secretCommands.ts';
import { explainCommand, lintCommand } from './lintCommand.ts';
import { reportCommand } from './reportCommand.ts';
import { serveCommand } from './serveCommand.ts';
import { testCommand } from './testCommand.ts';
import { validateCommand } from './validateCommand.ts';
import { VERIFY_OPTIONS } from '../verifier/args.ts';
import { verifyCommand } from '../verifier/command.ts';
import { VERSION } from './version.ts';

const USAGE = `holdpoint ${VERSION}

  holdpoint validate FILE|FOLDER ...      read runbooks and list what is wrong with them
  holdpoint lint [--strict] FILE|FOLDER ...
                                          what is dangerous or left out in runbooks and documents (.md), and how
                                          to mend it; with --strict warnings count too
  holdpoint lint --explain RULE           what a rule finds, why it bites, and how to mend it
  holdpoint test FILE|FOLDER ...          run the tests of runbooks (tests/*.test.yaml) in rehearsals: --only TEXT
                                          runs the cases whose name holds it, --jobs N so many at a time
  holdpoint import FILE.md [--out DIR] [--id ID]
                                          a draft of a runbook out of a document, and what is wrong with it
  holdpoint run RUNBOOK [options]         run a runbook; ends with its evidence
      --rehearse                          on the built-in rehearsal host
      --target NAME=user@host:port        where a target is (once for each); user and port may come from
                                          ~/.ssh/config; NAME=local is this computer; GROUP=a,b,c
      --member GROUP=name:user@host:port  a host of a group under a name of its own (again and again)
      --via NAME=user@host:port           a jump host, nearest first (again and again)
      --pin NAME=SHA256:...               the only host key that counts
      --legacy NAME=REASON                allow old algorithms, with the reason on record
      --engine auto|openssh|ssh2          which SSH client
      --ssh-config FILE|none              in place of ~/.ssh/config
      --param NAME=VALUE                  a parameter (again and again)
      --secret NAME=@FILE                 a secret, from a file; NAME alone asks for it
      --answers FILE                      scripted answers in place of a person
      --rollback-answers FILE             when a step fails, run the linked rollback with these answers
      --fault ID                          switch a fault of the rehearsal host on
      --host-key SHA256:...               a host key that was compared beforehand
      --known-hosts FILE  --identity FILE in place of the files in ~/.ssh
      --out DIR                           write <runId>.evidence.zip there
  holdpoint resume RUN [options]          take an interrupted run up again
  holdpoint plan prepare RUNBOOK [options] write a plan down, to be approved; options as of run
  holdpoint plan list                     plans that wait, with their approvals
  holdpoint plan start RUN [options]      start an approved plan; holdpoint plan discard RUN drops it
  holdpoint request approval RUN [--out FILE]
  holdpoint request hold RUN --step STEP --role ROLE [--out FILE]
  holdpoint request review RUN --verdict accepted|rejected [--comment TEXT] [--out FILE]
                                          what somebody signs with ssh-keygen; --key KEY signs it here
  holdpoint request import FILE --signature FILE.sig
                                          bring the signature in
  holdpoint package export NAME VERSION [--runbook ID]... [--overlays] [--title TEXT] [--key KEY] [--out PATH]
                                          runbooks of the library as one file, with what they call; with --overlays
                                          the site's own values too; KEY is app, a file or SHA256:... of the agent
  holdpoint package sign FILE --key KEY   sign it here; without a key the digest list goes out (--out PATH), and
                                          --signature FILE.sig brings the signature in
  holdpoint package inspect FILE          what it holds, who signed it, what it would change here
  holdpoint package import FILE           take it into the library; only when its signature counts
  holdpoint package list                  packages of this desk, judged by the trust of today
  holdpoint package revert NAME           go back to the version before; package remove NAME takes it away
  holdpoint seal RUN [--secret NAME=@FILE] [--override REASON]
                                          seal an ended run that a secret keeps from being sealed
  holdpoint abandon RUN --reason TEXT     close an interrupted run as crashed, and seal it
  holdpoint verify BUNDLE... --allowed-signers FILE [options]
${VERIFY_OPTIONS}
  holdpoint export RUN --out DIR          write the bundle of an ended run
  holdpoint report RUN|ZIP [--format F]   the report of a run or bundle: html, pdf, markdown, csv, json (--out FILE)
  holdpoint keys export [--out FILE]      allowed_signers lines of this desk's keys
  holdpoint keys list                     keys that could sign here
  holdpoint keys enrol PRINCIPAL --role ROLE [--key app|FILE|SHA256:...] [--out DIR]
                                          what the security team needs to list a key
  holdpoint trust show                    who may sign what, and whose timestamps count
  holdpoint trust set [--allowed-signers FILE] [--revoked FILE] [--tsa-ca FILE]
  holdpoint timestamp RUN [--request FILE | --reply FILE]
                                          a timestamp over operator.sig: asked for, or carried by file
  holdpoint ledger [--export DIR]         every run that was opened here; signed, for an auditor
  holdpoint route [user@]host[:port]      how a host would be reached (--via HOP, --engine, --ssh-config)
  holdpoint capabilities                  what the SSH clients here can do, and the agent's keys
  holdpoint serve [--port N]              the app for a browser on this machine

  --json prints results as data. HOLDPOINT_HOME moves all state.
  Exit: 0 ok, 1 findings or failed run, 2 usage, 3 input/output, 4 verification failed.`;

const OPTIONS = {
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
  rehearse: { type: 'boolean' },
  strict: { type: 'boolean' },
  explain: { type: 'string' },
  answers: { type: 'string' },
  'rollback-answers': { type: 'string' },
  target: { type: 'string', multiple: true },
  member: { type: 'string', multiple: true },
  via: { type: 'string', multiple: true },
  pin: { type: 'string', multiple: true },
  legacy: { type: 'string', multiple: true },
  engine: { type: 'string' },
  'ssh-config': { type: 'string' },
  param: { type: 'string', multiple: true },
  secret: { type: 'string', multiple: true },
  override: { type: 'string' },
  fault: { type: 'string', multiple: true },
  'host-key': { type: 'string', multiple: true },
  'known-hosts': { type: 'string', multiple: true },
  identity: { type: 'string', multiple: true },
  out: { type: 'string' },
  format: { type: 'string' },
  export: { type: 'string' },
  reason: { type: 'string' },
  'allowed-signers': { type: 'string' },
  revoked: { type: 'string' },
  role: { type: 'string', multiple: true },
  key: { type: 'string' },
  request: { type: 'string' },
  step: { type: 'string' },
  verdict: { type: 'string' },
  comment: { type: 'string' },
  signature: { type: 'string' },
  reply: { type: 'string' },
  'tsa-ca': { type: 'string' },
  port: { type: 'string' },
  id: { type: 'string' },
  runbook: { type: 'string', multiple: true },
  overlays: { type: 'boolean' },
  title: { type: 'string' },
  only: { type: 'string' },
  jobs: { type: 'string' },
} as const;

type Parsed = ReturnType<typeof parse>;

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
}

/** Runs the command line and returns its exit code. Never rejects. */
export async function main(args: readonly string[]): Promise<ExitCode> {
  const rest = args[0] === '--json' ? [...args.slice(1), '--json'] : args;
  // It has its own arguments, the same as the single-file verifier.
  if (rest[0] === 'verify' && !rest.includes('--help') && !rest.includes('-h')) return verify(rest.slice(1));
  let parsed: Parsed;
  try {
    parsed = parse(args);
  } catch (error) {
    process.stderr.write(
      `holdpoint: ${error instanceof Error ? error.message : String(error)}\n\n${USAGE}\n`,
    );
    return EXIT.usage;
  }
  const output = createOutput(parsed.values.json ?? false);
  if (parsed.values.version === true) {
    output.line(VERSION);
    return EXIT.ok;
  }
  if (parsed.values.help === true) {
    output.line(USAGE);
    return EXIT.ok;
  }
  try {
    return (await dispatch(parsed, output)) ?? usage();
  } catch (error) {
    output.note(`holdpoint: ${error instanceof Error ? error.message : String(error)}`);
    return EXIT.io;
  }
}

function verify(args: readonly string[]): Promise<ExitCode> {
  return verifyCommand(args, {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(`holdpoint: ${text}`),
  }).catch((error: unknown) => {
    process.stderr.write(`holdpoint: ${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT.io;
  });
}

function usage(): ExitCode {
  process.stderr.write(`${USAGE}\n`);
  return EXIT.usage;
}

async function dispatch({ values, positionals }: Parsed, output: Output): Promise<ExitCode | null> {
  const [command = '', first, second] = positionals;
  if (values.engine !== undefined && !isEngine(values.engine)) {
    output.note(`holdpoint: --engine ${values.engine}: it is auto, openssh or ssh2.`);
    return EXIT.usage;
  }
  switch (command) {
    case 'route':
      return first === undefined || second !== undefined
        ? null
        : routeCommand(first, { via: values.via ?? [], ...clientOf(values) }, output);
    case 'capabilities':
      return first === undefined ? capabilitiesCommand(output) : null;
    case 'lint':
      return lint(values, positionals.slice(1), output);
    case 'test':
      return test(values, positionals.slice(1), output);
    case 'validate':
      return first === undefined ? null : validateCommand(positionals.slice(1), output);
    case 'import':
      return first === undefined || second !== undefined
        ? null
        : importCommand(first, defined({ out: values.out, id: values.id }), output);
    case 'run':
      return first === undefined ? null : runCommand(first, runArguments(values), output);
    case 'resume':
      return first === undefined ? null : resumeCommand(first, runArguments(values), output);
    case 'export':
      return first === undefined || values.out === undefined
        ? null
        : exportCommand(first, values.out, output);
    case 'plan':
      return planCommand(positionals.slice(1), runArguments(values), output);
    case 'package':
      return packages(values, positionals.slice(1), output);
    case 'request':
      return signatureCommand(values, positionals.slice(1), output);
    case 'keys':
      return keysCommand(values, positionals.slice(1), output);
    case 'trust':
      return trustCommand(values, positionals.slice(1), output);
    case 'timestamp': {
      const { request, reply } = values;
      const both = request !== undefined && reply !== undefined;
      return first === undefined || second !== undefined || both
        ? null
        : timestampCommand(first, { ...defined({ request }), ...defined({ reply }) }, output);
    }
    case 'ledger':
      return first === undefined ? ledgerCommand(values.export, output) : null;
    case 'seal':
      return first === undefined || second !== undefined
        ? null
        : sealCommand(
            first,
            { secrets: values.secret ?? [], ...defined({ override: values.override }) },
            output,
          );
    case 'abandon':
      return first === undefined || second !== undefined || values.reason === undefined
        ? null
        : abandonCommand(first, values.reason, output);
    case 'report':
      return first === undefined || second !== undefined
        ? null
        : reportCommand(first, { format: values.format ?? 'html', ...defined({ out: values.out }) }, output);
    case 'serve': {
      const port = values.port === undefined ? undefined : Number(values.port);
      if (port !== undefined && (!Number.isInteger(port) || port < 0 || port > 65535)) return null;
      return serveCommand(port === undefined ? {} : { port }, output);
    }
    default:
      return null;
  }
}

function lint(
  { explain, strict = false }: Parsed['values'],
  paths: readonly string[],
  output: Output,
): Promise<ExitCode> | ExitCode | null {
  if (explain !== undefined) return paths.length === 0 && !strict ? explainCommand(explain, output) : null;
  return paths.length === 0 ? null : lintCommand(paths, { strict }, output);
}

function test(
  { only, jobs }: Parsed['values'],
  paths: readonly string[],
  output: Output,
): Promise<ExitCode> | null {
  const many = jobs === undefined ? undefined : Number(jobs);
  if (paths.length === 0 || (many !== undefined && !(Number.isInteger(many) && many > 0))) return null;
  return testCommand(paths, { ...defined({ only }), ...defined({ jobs: many }) }, output);
}

function packages(
  { out, key, signature, title, runbook, overlays }: Parsed['values'],
  positionals: readonly string[],
  output: Output,
): Promise<ExitCode> | ExitCode | null {
  const args = defined({ out, key, signature, title, runbooks: runbook, overlays });
  return packageCommand(positionals, args, output);
}

function keysCommand(
  values: Parsed['values'],
  [verb, principal, more]: readonly string[],
  output: Output,
): Promise<ExitCode> | null {
  if (more !== undefined) return null;
  if (verb === 'export' && principal === undefined) return keysExportCommand(values.out, output);
  if (verb === 'list' && principal === undefined) return keysListCommand(output);
  const { role, key = 'app', out } = values;
  if (verb !== 'enrol' || principal === undefined || role === undefined) return null;
  return enrolCommand(principal, { roles: role, key, ...defined({ out }) }, output);
}

function signatureCommand(
  values: Parsed['values'],
  [kind, subject, more]: readonly string[],
  output: Output,
): Promise<ExitCode> | null {
  if (kind === undefined || subject === undefined || more !== undefined) return null;
  const { signature, step, verdict, comment, out, key } = values;
  if (kind === 'import')
    return signature === undefined ? null : requestImportCommand(subject, signature, output);
  const role = values.role?.[0];
  return requestCommand(kind, subject, defined({ step, role, verdict, comment, out, key }), output);
}

function trustCommand(
  values: Parsed['values'],
  [verb, more]: readonly string[],
  output: Output,
): Promise<ExitCode> | null {
  if (more !== undefined) return null;
  if (verb === 'show') return trustShowCommand(output);
  const files = defined({
    allowedSigners: values['allowed-signers'],
    revoked: values.revoked,
    tsaCa: values['tsa-ca'],
  });
  return verb === 'set' && Object.keys(files).length > 0 ? trustSetCommand(files, output) : null;
}

/** The fields that were given. */
function defined<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

function isEngine(text: string): text is Settings['sshEngine'] {
  return text === 'auto' || text === 'openssh' || text === 'ssh2';
}

function clientOf(values: Parsed['values']): {
  readonly engine?: Settings['sshEngine'];
  readonly sshConfig?: string;
} {
  const { engine } = values;
  const sshConfig = values['ssh-config'];
  return {
    ...(engine === undefined || !isEngine(engine) ? {} : { engine }),
    ...(sshConfig === undefined ? {} : { sshConfig }),
  };
}

function runArguments(values: Parsed['values']): RunArguments {
  const rollbackAnswers = values['rollback-answers'];
  return {
    rehearse: values.rehearse ?? false,
    targets: values.target ?? [],
    members: values.member ?? [],
    via: values.via ?? [],
    pins: values.pin ?? [],
    legacy: values.legacy ?? [],
    ...clientOf(values),
    parameters: values.param ?? [],
    secrets: values.secret ?? [],
    faults: values.fault ?? [],
    hostKeys: values['host-key'] ?? [],
    knownHosts: values['known-hosts'] ?? [],
    identities: values.identity ?? [],
    ...(values.answers === undefined ? {} : { answers: values.answers }),
    ...(rollbackAnswers === undefined ? {} : { rollbackAnswers }),
    ...(values.out === undefined ? {} : { out: values.out }),
  };
}
