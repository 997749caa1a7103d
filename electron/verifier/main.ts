/** The single-file verifier: `node holdpoint-verify.mjs BUNDLE... --allowed-signers FILE`. Needs nothing but Node. */
import { ready } from './early.ts';
import { VERIFY_OPTIONS } from './args.ts';
import { verifyCommand } from './command.ts';
import { waitingPlatform } from '../host/evidence/nodePlatform.ts';
import { outlastReader } from './standardOut.ts';

declare const __HOLDPOINT_VERSION__: string;
declare const __HOLDPOINT_BUILD__: string;

const USAGE = `holdpoint-verify ${__HOLDPOINT_VERSION__} (${__HOLDPOINT_BUILD__})

  node holdpoint-verify.mjs BUNDLE... --allowed-signers FILE [options]
${VERIFY_OPTIONS}
      --json                              one line of JSON for each bundle
      --help, --version

  L1 intact and attributed, L2 consistent, L3 externally witnessed. Exit: 0 all of it holds (without an outside
  witness L3 is "none", which is said and is no failure), 4 findings, 2 usage, 3 a file cannot be read.
`;

outlastReader();
const argv = process.argv.slice(2);
if (argv.includes('--help') || argv.includes('-h')) process.stdout.write(USAGE);
else if (argv.includes('--version'))
  process.stdout.write(`${__HOLDPOINT_VERSION__} ${__HOLDPOINT_BUILD__}\n`);
else {
  const streams = {
    out: (text: string) => process.stdout.write(text),
    err: (text: string) => process.stderr.write(`holdpoint-verify: ${text}`),
  };
  process.exitCode = await verifyCommand(argv, streams, waitingPlatform(ready));
}
