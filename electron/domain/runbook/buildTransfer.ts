/** A transfer step from the file to the model: which way, which paths, which digest. */
import type { Template } from '../../contract/runbook.ts';
import type { TransferStep } from '../../contract/steps.ts';
import type { Authoring } from './authoring.ts';
import { common, type Defaults, type InputOf, RUN_TIMEOUT_MS } from './buildCommon.ts';
import { duration } from './buildExpect.ts';
import { compact } from './compact.ts';
import { parseSize } from './size.ts';
import { suggestion } from './suggest.ts';
import { constantOf } from './template.ts';
import type { Path } from './yamlSource.ts';

const DEFAULT_MAX_BYTES = 1024 * 1024;
/** Transfers are for configuration and small media: they are kept in the evidence. */
const MAX_BYTES = 64 * 1024 * 1024;

/** Null when nothing can be built. */
export function buildTransfer(
  a: Authoring,
  step: InputOf<'transfer'>,
  path: Path,
  defaults: Defaults,
): TransferStep | null {
  const at = [...path, 'transfer'];
  const { fetch, put, sha256 } = step.transfer;
  const on = a.oneHost(step.on, path, 'A file is fetched from one host or put on one.');
  if ((fetch === undefined) === (put === undefined)) {
    const message = fetch === undefined ? 'Nothing is fetched or put.' : 'A transfer goes one way.';
    a.error('transfer.way', at, message, { hint: 'either "fetch:" a path, or "put:" with "from" and "to"' });
    return null;
  }
  if (put !== undefined && step.risk === undefined) {
    a.error('risk.missing', path, 'The risk of putting this file is not stated.', {
      hint: 'add "risk:" read, reversible, disruptive or irreversible',
    });
  }
  const built = {
    ...common(a, step, path, defaults),
    kind: 'transfer' as const,
    ...ends(a, fetch, put, at),
    ...comparison(a, step, at),
    sha256: sha256 === undefined ? undefined : digest(a, sha256, [...at, 'sha256']),
    maxBytes: maxBytes(a, step.transfer.max, [...at, 'max']),
    timeoutMs: step.timeout === undefined ? RUN_TIMEOUT_MS : duration(a, step.timeout, [...path, 'timeout']),
    rerun: step.rerun ?? 'safe',
  };
  return on === null ? null : compact({ ...built, on });
}

/** The earlier fetch that this one is held against. That it comes before and fetches is checked here. */
function comparison(
  a: Authoring,
  step: InputOf<'transfer'>,
  path: Path,
): Pick<TransferStep, 'before' | 'change'> {
  const { before, change, fetch } = step.transfer;
  if (before === undefined) {
    if (change !== undefined) {
      a.error('transfer.change', [...path, 'change'], 'There is nothing to hold it against.', {
        key: true,
        hint: 'add "before:" with the id of the earlier step',
      });
    }
    return {};
  }
  if (fetch === undefined) {
    a.error('transfer.before', [...path, 'before'], 'Only a file that is fetched can be compared.', {
      key: true,
    });
  }
  if (!a.fetches.has(before)) {
    a.error('transfer.before', [...path, 'before'], `No earlier step "${before}" fetches a file.`, {
      hint: suggestion(before, [...a.fetches]),
    });
  }
  return compact({ before, change });
}

type Put = NonNullable<InputOf<'transfer'>['transfer']['put']>;

function ends(a: Authoring, fetch: string | undefined, put: Put | undefined, path: Path) {
  if (put === undefined) {
    return {
      direction: 'fetch' as const,
      path: absolute(a, fetch ?? '', [...path, 'fetch'], POSIX),
    };
  }
  return {
    direction: 'put' as const,
    path: absolute(a, put.to, [...path, 'put', 'to'], POSIX),
    from: absolute(a, put.from, [...path, 'put', 'from'], ANYWHERE),
  };
}

const POSIX = /^\//;
const ANYWHERE = /^(?:\/|[A-Za-z]:[\\/]|\\\\)/;

/** A path that does not depend on a directory nobody sees. A value at its beginning is judged when it is filled in. */
function absolute(a: Authoring, source: string, path: Path, form: RegExp): Template {
  const template = a.text(source, path);
  const first = template.parts[0];
  if (first?.kind !== 'ref' && !form.test(first?.text ?? '')) {
    a.error('transfer.path', path, `"${source.slice(0, 60)}" is not an absolute path.`, {
      hint: 'begin it with "/"',
    });
  }
  return template;
}

function digest(a: Authoring, source: string, path: Path): Template {
  const template = a.text(source, path);
  const constant = constantOf(template);
  if (constant !== undefined && !/^[0-9a-fA-F]{64}$/.test(constant)) {
    a.error('transfer.digest', path, 'A SHA-256 digest has 64 hex digits.', { hint: 'sha256sum <file>' });
  }
  return template;
}

function maxBytes(a: Authoring, max: string | number | undefined, path: Path): number {
  if (max === undefined) return DEFAULT_MAX_BYTES;
  const bytes = typeof max === 'number' ? max : (parseSize(max) ?? 0);
  if (bytes >= 1 && bytes <= MAX_BYTES) return bytes;
  a.error('transfer.size', path, 'A transfer moves between 1 byte and 64 MiB.', {
    hint: 'move larger files with a run step (scp, rsync, curl) and compare the digest',
  });
  return DEFAULT_MAX_BYTES;
}
