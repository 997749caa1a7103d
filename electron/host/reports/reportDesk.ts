/** Makes reports: of a run of this desk, or of a bundle that is open. It reads; it never writes into a run or a bundle. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { EvidenceView, ReportFormat, RunSnapshot } from '../../contract/views.ts';
import type { RunId } from '../../contract/ids.ts';
import { assertNever, fail, ok, type Result } from '../../contract/result.ts';
import { parseCanonical } from '../../domain/evidence/jcs.ts';
import { RUN_FILE } from '../../domain/evidence/names.ts';
import { RunFile } from '../../domain/evidence/runFile.ts';
import { renderCsv } from '../../domain/report/csv.ts';
import { renderHtml } from '../../domain/report/html.ts';
import { renderJson } from '../../domain/report/json.ts';
import { renderMarkdown } from '../../domain/report/markdown.ts';
import type { Report } from '../../domain/report/model.ts';
import { reportOf } from '../../domain/report/report.ts';
import type { OpenBundle } from '../bundles/bundleDesk.ts';
import { runFolder } from '../runs/runFolder.ts';
import { type EvidenceFiles, folderFiles, quote } from './evidenceFiles.ts';
import type { PdfPrinter } from './pdfPrinter.ts';

export interface ReportDeskOptions {
  readonly data: string;
  readonly snapshot: (runId: RunId) => Promise<Result<RunSnapshot>>;
  readonly view: (runId: RunId) => Promise<Result<EvidenceView>>;
  readonly bundle: (id: string) => Result<OpenBundle>;
  readonly pdf: PdfPrinter;
}

export interface MadeReport {
  readonly name: string;
  readonly mime: string;
  readonly bytes: Uint8Array;
}

export type ReportOf =
  { readonly kind: 'run'; readonly runId: RunId } | { readonly kind: 'bundle'; readonly id: string };

export interface ReportDesk {
  make(of: ReportOf, format: ReportFormat): Promise<Result<MadeReport>>;
}

export function createReportDesk(options: ReportDeskOptions): ReportDesk {
  async function ofRun(runId: RunId): Promise<Result<Report>> {
    const seen = await options.snapshot(runId);
    if (!seen.ok) return seen;
    const { plan, planSha256, runbook, records } = seen.value;
    const ended = records.at(-1)?.type === 'run.end';
    const view = ended ? await options.view(runId) : null;
    const dir = runFolder(options.data, runId);
    const quoted = await quote(folderFiles(dir), records);
    const story = { plan, planSha256, runbook, records, ...quoted };
    if (view === null) return ok(reportOf({ ...story, signatures: [], unverified: 'the run has not ended' }));
    if (!view.ok) return ok(reportOf({ ...story, signatures: [], unverified: view.error.message }));
    const { verdict, bundle, signatures, reviews, timestamp } = view.value;
    const runFile = await readRunFile(dir);
    return ok(
      reportOf({
        ...story,
        verdict,
        bundle,
        signatures,
        reviews,
        ...(timestamp === undefined ? {} : { timestamp }),
        ...(runFile === null ? {} : { runFile }),
      }),
    );
  }

  async function ofBundle(id: string): Promise<Result<Report>> {
    const found = options.bundle(id);
    if (!found.ok) return found;
    const { view, verification } = found.value;
    const { snapshot } = view;
    if (snapshot === undefined) {
      return fail(
        'refused',
        'This bundle is not intact, or nobody this desk knows has signed it: it is not reported on.',
        {
          hint: 'Look at the findings of the verifier.',
        },
      );
    }
    const { plan, planSha256, runbook, records } = snapshot;
    const { verdict, signatures, reviews, timestamp, content } = verification;
    return ok(
      reportOf({
        plan,
        planSha256,
        runbook,
        records,
        ...(await quote(bundleFiles(found.value), records)),
        verdict,
        signatures,
        reviews,
        bundle: { name: view.name, bytes: view.bytes, sha256: view.sha256 },
        ...(timestamp === undefined ? {} : { timestamp }),
        ...(content === undefined ? {} : { runFile: content.run }),
      }),
    );
  }

  async function make(of: ReportOf, format: ReportFormat): Promise<Result<MadeReport>> {
    const report = of.kind === 'run' ? await ofRun(of.runId) : await ofBundle(of.id);
    if (!report.ok) return report;
    const rendered = await render(report.value, format);
    if (!rendered.ok) return rendered;
    const stem = `${report.value.head.runId}.report`;
    return ok({
      name: `${stem}.${FORMATS[format].suffix}`,
      mime: FORMATS[format].mime,
      bytes: rendered.value,
    });
  }

  async function render(report: Report, format: ReportFormat): Promise<Result<Uint8Array>> {
    switch (format) {
      case 'html':
        return ok(Buffer.from(renderHtml(report, sha256Base64)));
      case 'pdf':
        return options.pdf.print(renderHtml(report, sha256Base64));
      case 'markdown':
        return ok(Buffer.from(renderMarkdown(report)));
      case 'csv':
        return ok(Buffer.from(renderCsv(report)));
      case 'json':
        return ok(Buffer.from(renderJson(report)));
      default:
        return assertNever(format);
    }
  }

  return { make };
}

const FORMATS: Readonly<Record<ReportFormat, { readonly suffix: string; readonly mime: string }>> = {
  html: { suffix: 'html', mime: 'text/html;charset=utf-8' },
  pdf: { suffix: 'pdf', mime: 'application/pdf' },
  markdown: { suffix: 'md', mime: 'text/markdown;charset=utf-8' },
  csv: { suffix: 'csv', mime: 'text/csv;charset=utf-8' },
  json: { suffix: 'json', mime: 'application/json' },
};

export function sha256Base64(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

/** The summary of a sealed run; null when it is not there or not one. */
async function readRunFile(dir: string): Promise<RunFile | null> {
  const text = await readFile(join(dir, RUN_FILE), 'utf8').catch(() => '');
  const json = parseCanonical(text.replace(/\n$/, ''));
  const parsed = RunFile.safeParse(json.ok ? json.value : null);
  return parsed.success ? parsed.data : null;
}

function bundleFiles(bundle: OpenBundle): EvidenceFiles {
  return {
    size: (path) => Promise.resolve(bundle.size(path)),
    read: async (path, offset, length) => (await bundle.read(path, offset, length)) ?? new Uint8Array(),
  };
}
