/**
 * The report as one self-contained HTML page: no script, no request, a policy that forbids both, every word of somebody
 * else a text node. Deterministic: the same report gives the same bytes.
 */
import { frontPage } from './htmlFront.ts';
import { script } from './htmlScript.ts';
import { changeRecord, events, hosts, kindSection, parameters, people } from './htmlSections.ts';
import { steps } from './htmlSteps.ts';
import { reportCss } from './htmlStyle.ts';
import { code, own } from './htmlText.ts';
import type { Report } from './model.ts';
import { visibleLine } from './safeText.ts';

/** SHA-256 of the UTF-8 bytes of a text, in base64. */
export type HashBase64 = (text: string) => string;

export function renderHtml(report: Report, hash: HashBase64): string {
  const { head } = report;
  const css = reportCss(head.runId, head.rehearsal);
  const policy = `default-src 'none'; style-src 'sha256-${hash(css)}'; img-src data:; base-uri 'none'; form-action 'none'`;
  const title = `${head.rehearsal ? 'REHEARSAL ' : ''}${visibleLine(head.title)} – ${head.runId}`;
  return [
    '<!doctype html>',
    '<html lang="en" dir="ltr">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${own(policy)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="referrer" content="no-referrer">',
    `<title>${own(title)}</title>`,
    `<style>${css}</style>`,
    '</head>',
    '<body>',
    frontPage(report),
    changeRecord(report),
    kindSection(report),
    people(report),
    script(report),
    hosts(report),
    events(report),
    steps(report),
    parameters(report),
    footer(report),
    '</body>',
    '</html>',
    '',
  ]
    .filter((part, index, all) => part !== '' || index === all.length - 1)
    .join('\n');
}

function footer({ head }: Report): string {
  const app =
    head.app === undefined
      ? ''
      : ` The run was made with Holdpoint ${own(visibleLine(head.app.version))}, build ${code(head.app.build)}.`;
  const device =
    head.device === undefined
      ? ''
      : ` Device ${code(head.device.id)}; its key is kept by ${own(KEPT[head.device.keyProtection] ?? head.device.keyProtection)}.`;
  return `<footer><p>This page is made from the journal of the run and holds nothing that is not in its evidence. File names with a line number, such as <span class="proof">journal.jsonl:12</span>, say where in the bundle a statement is proven.</p><p>Plan ${code(head.planSha256)} · runbook ${code(head.runbook.sha256)}${head.journal.head === undefined ? '' : ` · head of the journal ${code(head.journal.head)}`}</p><p>A signature proves who stands behind the evidence and that it was not changed since; it does not prove that what is recorded is all that happened. Times are those of the operator’s computer unless a timestamp is named.${app}${device}</p></footer>`;
}

const KEPT: Readonly<Record<string, string>> = {
  'os-keyring': 'the keyring of the operating system',
  file: 'file permissions alone',
  none: 'nothing',
};
