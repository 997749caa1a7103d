/** `--target NAME=user@host:port` */
import { Address } from '../contract/plan.ts';
import { TargetName } from '../contract/ids.ts';
import { fail, ok, type Result } from '../contract/result.ts';

const FORM =
  /^(?<name>[a-z][a-z0-9-]*)=(?<user>[^@]+)@(?:\[(?<six>[^\]]+)\]|(?<host>[^:]+))(?::(?<port>\d+))?$/;

/** Addresses by target name. An IPv6 address stands in brackets. */
export function parseTargets(given: readonly string[]): Result<Readonly<Record<TargetName, Address>>> {
  const targets: Record<TargetName, Address> = {};
  for (const text of given) {
    const groups = FORM.exec(text)?.groups;
    const name = TargetName.safeParse(groups?.['name']);
    const address = Address.safeParse({
      kind: 'ssh',
      user: groups?.['user'],
      host: groups?.['six'] ?? groups?.['host'],
      port: Number(groups?.['port'] ?? '22'),
    });
    if (!name.success || !address.success) {
      return fail('bad-request', `--target ${text}: write it as name=user@host:port.`);
    }
    targets[name.data] = address.data;
  }
  return ok(targets);
}
