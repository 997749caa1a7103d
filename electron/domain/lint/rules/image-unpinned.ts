/** Rule image.unpinned. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { hitAt } from '../shell/invocations.ts';
import { EXPANDED } from '../shell/syntax.ts';
import { docker, helm, kubectl } from '../shell/tools.ts';

export const imageUnpinned: CommandRule = {
  id: 'image.unpinned',
  scope: 'command',
  severity: 'error',
  title: 'Images need a version',
  why: '`latest`, or no tag at all, is another image tomorrow, and a rollback to it goes nowhere.',
  remedy: 'Name a digest (`image@sha256:…`), or at least a full version.',
  bad: 'docker pull registry.internal/mazevault-backend:latest',
  good: 'docker pull registry.internal/mazevault-backend:1.0.17',
  check,
};

function check(command: ShellText): readonly Hit[] {
  const docked = docker(command)
    .filter((sub) => sub.name === 'pull' || sub.name === 'run' || sub.name === 'create')
    .flatMap((sub) => sub.args.slice(0, 1).map((word) => ({ call: sub.call, word, image: word.value })));
  const set = kubectl(command)
    .filter((sub) => sub.name === 'set image')
    .flatMap((sub) =>
      sub.args.flatMap((word) => {
        const image = /^[\w.-]+=(.+)$/.exec(word.value)?.[1];
        return image === undefined ? [] : [{ call: sub.call, word, image }];
      }),
    );
  const values = helm(command).flatMap((sub) =>
    (sub.options.named.get('--set') ?? []).flatMap(({ value, valueWord }) => {
      const tag = /(?:^|[.,])(?:tag|imageTag)=([^,]*)/.exec(value ?? '')?.[1];
      return tag === undefined || valueWord === null
        ? []
        : [{ call: sub.call, word: valueWord, image: `:${tag}` }];
    }),
  );
  return [...docked, ...set, ...values].flatMap(({ call, word, image }) =>
    isPinned(image)
      ? []
      : [hitAt(command, call, `The image is not pinned: ${word.value.slice(0, 80)}.`, word)],
  );
}

function isPinned(image: string): boolean {
  if (image.includes('@sha256:') || image.includes('${') || image.includes(EXPANDED)) return true;
  const tag = /:([^/:]*)$/.exec(image)?.[1];
  return tag !== undefined && !/^(?:latest|stable|edge|main|master|nightly|)$/.test(tag);
}
