/** Entry of the built command. */
import { outlastReader } from '../verifier/standardOut.ts';
import { main } from './main.ts';

outlastReader();
process.exitCode = await main(process.argv.slice(2));
// Sockets of a host that does not answer must not keep the command alive after its work is done.
process.exit();
