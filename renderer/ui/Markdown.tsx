/** Prose of a runbook as Markdown. Untrusted: no raw HTML, no images, links only to https and mailto, never followed by the page. */
import type { ReactElement } from 'react';
import ReactMarkdown from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { safeLink } from './links.ts';

export function Markdown({
  text,
  inline,
}: {
  readonly text: string;
  readonly inline?: boolean;
}): ReactElement {
  return (
    <div className={inline === true ? 'prose prose--inline' : 'prose'}>
      <ReactMarkdown
        remarkPlugins={[remarkGfm]}
        skipHtml
        disallowedElements={['img', 'script', 'iframe', 'input']}
        urlTransform={(url) => safeLink(url) ?? ''}
        components={{
          a: ({ href, children }) =>
            href === undefined || href === '' ? (
              <span>{children}</span>
            ) : (
              <a href={href} target="_blank" rel="noreferrer noopener" title={href}>
                {children}
              </a>
            ),
        }}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
}
