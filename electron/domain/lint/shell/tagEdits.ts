/** Where a shell text changes the image tags of a compose project: by a command, or in a comment that says to do so. */
import type { ShellText } from '../rule.ts';
import { calls, readingOf } from './invocations.ts';

/** Offsets, in no order. */
export function tagEdits(command: ShellText): readonly number[] {
  const commented = readingOf(command)
    .comments.filter(({ text }) =>
      /\b(?:update|edit|change|set|restore|replace|adjust)\b.*\btags?\b/i.test(text),
    )
    .map(({ start }) => start);
  const done = calls(command, 'sed', 'yq', 'cp', 'mv', 'tee', 'perl')
    .filter(({ args }) =>
      args.some(({ value }) => /(?:^|\/)(?:docker-)?compose[\w.-]*\.ya?ml$|(?:^|\/)\.env$/.test(value)),
    )
    .filter(({ name, args }) => name !== 'cp' || /compose|\.env/.test(args.at(-1)?.value ?? ''))
    .map((call) => call.at(call.word.start));
  return [...commented, ...done];
}
