/** The `holdpoint` command: reads its arguments and hands over to one of its commands. */
import { parseArgs } from 'node:util';
import type { Settings } from '../contract/calls.ts';
import { capabilitiesCommand, routeCommand } from './connectCommands.ts';
import { exportCommand, keysExportCommand, verifyCommand } from './evidenceCommands.ts';
import { EXIT, type ExitCode } from './exit.ts';
import { createOutput, type Output } from './output.ts';
import { resumeCommand, type RunArguments, runCommand } from './runCommand.ts';
import { serveCommand } from './serveCommand.ts';
import { validateCommand } from './validateCommand.ts';
import { VERSION } from './version.ts';

const USAGE = `holdpoint ${VERSION}

  holdpoint validate FILE|FOLDER ...      read runbooks and list what is wrong with them
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
      --answers FILE                      scripted answers in place of a person
      --rollback-answers FILE             when a step fails, run the linked rollback with these answers
      --fault ID                          switch a fault of the rehearsal host on
      --host-key SHA256:...               a host key that was compared beforehand
      --known-hosts FILE  --identity FILE in place of the files in ~/.ssh
      --out DIR                           write <runId>.evidence.zip there
  holdpoint resume RUN [options]          take an interrupted run up again
  holdpoint verify ZIP --allowed-signers FILE [--revoked FILE]
  holdpoint export RUN --out DIR          write the bundle of an ended run
  holdpoint keys export [--out FILE]      allowed_signers lines of this desk's keys
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
  fault: { type: 'string', multiple: true },
  'host-key': { type: 'string', multiple: true },
  'known-hosts': { type: 'string', multiple: true },
  identity: { type: 'string', multiple: true },
  out: { type: 'string' },
  'allowed-signers': { type: 'string' },
  revoked: { type: 'string' },
  port: { type: 'string' },
} as const;

type Parsed = ReturnType<typeof parse>;

function parse(args: readonly string[]) {
  return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true, strict: true });
}

/** Runs the command line and returns its exit code. Never rejects. */
export async function main(args: readonly string[]): Promise<ExitCode> {
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
    case 'validate':
      return first === undefined ? null : validateCommand(positionals.slice(1), output);
    case 'run':
      return first === undefined ? null : runCommand(first, runArguments(values), output);
    case 'resume':
      return first === undefined ? null : resumeCommand(first, runArguments(values), output);
    case 'verify': {
      const allowedSigners = values['allowed-signers'];
      if (first === undefined || allowedSigners === undefined) return null;
      const { revoked } = values;
      return verifyCommand(first, { allowedSigners, ...(revoked === undefined ? {} : { revoked }) }, output);
    }
    case 'export':
      return first === undefined || values.out === undefined
        ? null
        : exportCommand(first, values.out, output);
    case 'keys':
      return first === 'export' && second === undefined ? keysExportCommand(values.out, output) : null;
    case 'serve': {
      const port = values.port === undefined ? undefined : Number(values.port);
      if (port !== undefined && (!Number.isInteger(port) || port < 0 || port > 65535)) return null;
      return serveCommand(port === undefined ? {} : { port }, output);
    }
    default:
      return null;
  }
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
    faults: values.fault ?? [],
    hostKeys: values['host-key'] ?? [],
    knownHosts: values['known-hosts'] ?? [],
    identities: values.identity ?? [],
    ...(values.answers === undefined ? {} : { answers: values.answers }),
    ...(rollbackAnswers === undefined ? {} : { rollbackAnswers }),
    ...(values.out === undefined ? {} : { out: values.out }),
  };
}
