/** Rule shell.step-in-comment. */
import type { CommandRule, Hit, ShellText } from '../rule.ts';
import { placeOf, readingOf } from '../shell/invocations.ts';

export const shellStepInComment: CommandRule = {
  id: 'shell.step-in-comment',
  scope: 'command',
  severity: 'error',
  title: 'A step must not hide in a comment',
  why: 'What stands in a comment is not done by whoever pastes the block, and nothing shows that it was left out.',
  remedy: 'Make it a step: with a command and what it must show, or with an attestation.',
  bad: `# Update image tags in docker-compose.yml
# Apply upgrade
docker compose config -q`,
  good: `# Apply upgrade
docker compose config -q`,
  examples: 'document',
  check,
};

const INSTRUCTION =
  /^\s*(?:\d+[.)]\s*)?(?:update|edit|change|replace|restore|set|adjust|modify|copy|stop|start|wait|delete|remove|repeat)\s+\S+/i;
const EDITORS = new Set([
  'sed',
  'cp',
  'mv',
  'tee',
  'patch',
  'install',
  'yq',
  'jq',
  'git',
  'perl',
  'awk',
  'envsubst',
  'vi',
  'vim',
  'nano',
]);

function check(command: ShellText): readonly Hit[] {
  const { comments, script } = readingOf(command);
  return comments.flatMap((comment, i) => {
    const match = INSTRUCTION.exec(comment.text);
    if (match === null) return [];
    const until = comments[i + 1]?.start ?? command.text.length;
    const own = script.commands.filter(({ start }) => start > comment.start && start < until);
    const edits = /\b(?:in|of|into)\s+\S*\.(?:ya?ml|env|conf|json|toml|ini|properties)\b/i.test(comment.text);
    const done = own.some(({ words }) => (edits ? EDITORS.has(words[0]?.value ?? '') : true));
    if (done) return [];
    const message = `This is said, but not done: “${comment.text.trim().slice(0, 80)}”.`;
    return [{ at: placeOf(command, comment.start), message }];
  });
}
