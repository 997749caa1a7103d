/** Runs the measurements that are named, or all, and prints one table. A goal that is missed is said, not hidden. */
import { keys } from './keys.ts';
import { latency } from './latency.ts';
import { type Figure, show } from './report.ts';
import { throughput } from './throughput.ts';
import { verify } from './verify.ts';

const parts = { latency, throughput, keys, verify };
type Part = keyof typeof parts;

function isPart(name: string): name is Part {
  return Object.hasOwn(parts, name);
}

const named = process.argv.slice(2);
const unknown = named.filter((name) => !isPart(name));
if (unknown.length > 0) {
  process.stderr.write(`There is no measurement ${unknown.join(', ')}: ${Object.keys(parts).join(', ')}.\n`);
  process.exit(2);
}
const chosen = named.length === 0 ? (Object.keys(parts) as Part[]) : named.filter(isPart);
const figures: Figure[] = [];
for (const name of chosen) {
  process.stderr.write(`measuring ${name} …\n`);
  figures.push(...(await parts[name]()));
}
process.stdout.write(`${show(figures)}\n`);
