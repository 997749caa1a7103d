/** Prose of a runbook as Markdown. Untrusted: no raw HTML, no images, links only to https and mailto, never followed by the page. */
import { memo, type ReactElement } from 'react';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { safeLink } from './links.ts';

const FORBIDDEN = ['img', 'script', 'iframe', 'input'];
const COMPONENTS: Components = {
  a: ({ href, children }) =>
    href === undefined || href === '' ? (
      <span>{children}</span>
    ) : (
      <a href={href} target="_blank" rel="noreferrer noopener" title={href}>
        {children}
      </a>
    ),
};

function Prose({ text, inline }: { readonly text: string; readonly inline?: boolean }): ReactElement {
  return (
    <div className={inline === true ? 'prose prose--inline' : 'prose'}>
      <ReactMarkdown
        remarkPlugins={[remarkGfm]}
        skipHtml
        disallowedElements={FORBIDDEN}
        urlTransform={(url) => safeLink(url) ?? ''}
        components={COMPONENTS}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
}

/** Kept while its text stays the same: a view full of prose renders with each record of a run, and parsing is slow. */
export const Markdown = memo(Prose);
