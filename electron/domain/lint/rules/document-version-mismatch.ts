/** Rule document.version-mismatch. */
import type { DocumentRule, DocumentUnderLint, Hit } from '../rule.ts';

export const documentVersionMismatch: DocumentRule = {
  id: 'document.version-mismatch',
  scope: 'document',
  severity: 'warning',
  title: 'A version contradicts that of the document',
  why: 'The commands install another release than the document is for.',
  remedy: 'Make the version a parameter.',
  bad: `Version: 1.1.0

# Images

\`\`\`sh
hostname -f
sha256sum -c SHA256SUMS
docker load <mazevault-backend-1.0.17.tar
\`\`\``,
  good: `Version: 1.1.0

# Images

\`\`\`sh
hostname -f
sha256sum -c SHA256SUMS
docker load <mazevault-backend-1.1.0.tar
\`\`\``,
  badLine: 8,
  check,
};

function check(doc: DocumentUnderLint): readonly Hit[] {
  const own = /\bversion\W{1,6}v?(\d+\.\d+\.\d+)\b/i.exec(
    doc.blocks
      .filter(({ kind, at }) => kind !== 'code' && at.line < 15)
      .map(({ text }) => text)
      .join('\n'),
  )?.[1];
  if (own === undefined) return [];
  return doc.blocks
    .filter(({ kind }) => kind === 'code')
    .flatMap(({ at, text }) =>
      text.split('\n').flatMap((line, i) => {
        const match = /\b(?:images?\/|load\b|-|:)\S*?[-:](\d+\.\d+\.\d+)(?=\.tar|\b)/.exec(line);
        return match === null || match[1] === own || match[1] === undefined
          ? []
          : [
              {
                at: { line: at.line + i, column: line.indexOf(match[1]) + 1 },
                message: `${match[1]} stands here; the document is for ${own}.`,
              },
            ];
      }),
    );
}
