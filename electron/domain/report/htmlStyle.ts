/** The style sheet of the report: calm, typographic, the same on screen, in the dark and on paper. Loads nothing. */
import { timelineCss } from './timelineSvg.ts';

/** `runId` stands in the page header; it is made of digits, letters and hyphens only. */
export function reportCss(runId: string, rehearsal: boolean): string {
  const id = runId.replace(/[^0-9A-Za-z-]/g, '');
  const stamp = rehearsal ? 'REHEARSAL · ' : '';
  return `
:root{
--sans:Inter,"Helvetica Neue",Helvetica,Arial,"Noto Sans","Liberation Sans",sans-serif;
--serif:Charter,"Iowan Old Style","Source Serif 4","Noto Serif",Georgia,"Liberation Serif",serif;
--mono:"JetBrains Mono","SF Mono",Menlo,Consolas,"Noto Sans Mono","Liberation Mono",monospace;
--paper:#fff;--ink:#1b1f24;--dim:#5b6470;--rule:#d9dde2;--wash:#f4f5f7;
--pass:#12693a;--hold:#7a5000;--fail:#a8201a;--unknown:#6a39a8;--link:#1b1f24;
color-scheme:light dark}
@media (prefers-color-scheme:dark){:root{--paper:#14171b;--ink:#e6e9ed;--dim:#9aa4b0;--rule:#323943;--wash:#1c2127;
--pass:#5cc98b;--hold:#e5b04a;--fail:#ff857c;--unknown:#cfa8ff;--link:#e6e9ed}}
@media print{:root{--paper:#fff;--ink:#15181c;--dim:#4c545e;--rule:#cfd4da;--wash:#f3f4f6;
--pass:#12693a;--hold:#7a5000;--fail:#a8201a;--unknown:#6a39a8;--link:#15181c;color-scheme:light}}
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);font:15px/1.5 var(--sans);-webkit-text-size-adjust:100%}
body{margin:0 auto;padding:48px 32px 96px;max-width:1000px;overflow-wrap:anywhere}
h1,h2,h3,h4,p,dl,dd,ol,ul,table,pre,figure{margin:0;padding:0}
a{color:var(--link);text-decoration-color:var(--rule);text-underline-offset:3px}
bdi,pre{unicode-bidi:isolate}
.mono,code,pre{font-family:var(--mono);font-size:12.5px;font-variant-ligatures:none}
.dim{color:var(--dim)}
.num{font-variant-numeric:tabular-nums;white-space:nowrap}
.lines{white-space:pre-line}
.eyebrow{display:flex;justify-content:space-between;gap:24px;font-size:13px;color:var(--dim);
padding-bottom:10px;border-bottom:2px solid var(--ink);margin-bottom:28px}
.eyebrow b{color:var(--ink);font-weight:600}
h1{font:600 34px/1.15 var(--serif);letter-spacing:-.01em;max-width:24em;text-wrap:balance}
.summary{margin-top:10px;max-width:44em;color:var(--dim)}
.stamp{display:inline-block;margin-bottom:16px;padding:3px 12px;border:2px solid var(--hold);color:var(--hold);
font-weight:700;letter-spacing:.14em;font-size:13px}
.result{display:flex;flex-wrap:wrap;align-items:baseline;gap:6px 16px;margin:28px 0 4px}
.result b{font:600 25px/1.2 var(--serif)}
.result .sign{font:700 20px/1 var(--sans)}
.is-pass{color:var(--pass)}.is-hold{color:var(--hold)}.is-fail{color:var(--fail)}.is-unknown{color:var(--unknown)}
.facts{display:grid;grid-template-columns:8.5em 1fr;gap:9px 24px;margin-top:22px;padding-top:18px;
border-top:1px solid var(--rule)}
.facts dt{color:var(--dim)}
.facts dd>span{display:block}
h2{font:600 22px/1.25 var(--serif);margin:52px 0 6px;break-after:avoid}
h2+.lead{color:var(--dim);margin-bottom:14px;max-width:46em}
h3{font:600 16px/1.35 var(--sans);margin:30px 0 6px;break-after:avoid}
.phase{display:flex;justify-content:space-between;gap:24px;align-items:baseline;
border-bottom:1px solid var(--ink);padding-bottom:5px;margin-top:40px}
.phase .dim{font-weight:400;font-size:13px}
table{border-collapse:collapse;width:100%;font-size:13.5px}
th,td{text-align:left;vertical-align:top;padding:7px 14px 7px 0;border-bottom:1px solid var(--rule)}
th{font-weight:500;color:var(--dim);font-size:12.5px;padding-top:4px}
td:last-child,th:last-child{padding-right:0}
thead{display:table-header-group}
tr{break-inside:avoid}
tr.group td{padding-top:18px;font-weight:600;border-bottom-color:var(--ink)}
.levels{border-top:1px solid var(--rule);margin-top:8px}
.levels td:first-child{width:17em}
.levels li,.plain li{list-style:none;margin-bottom:2px}
.state{font-weight:600;white-space:nowrap}
.counts{display:flex;flex-wrap:wrap;gap:4px 26px;margin-top:18px;font-size:14px;color:var(--dim)}
.counts b{color:var(--ink);font-variant-numeric:tabular-nums;font-weight:600}
figure{margin-top:12px}
figcaption{font-size:12.5px;color:var(--dim);margin-top:8px;display:flex;flex-wrap:wrap;gap:4px 20px}
.step{padding:16px 0 18px;border-bottom:1px solid var(--rule)}
.step-head{display:grid;grid-template-columns:2.2em 1fr auto;gap:0 8px;align-items:baseline;break-after:avoid}
.step-head .n{color:var(--dim);font-variant-numeric:tabular-nums}
.step-head h4{font:600 15px/1.4 var(--sans)}
.step-body{margin-left:calc(2.2em + 8px);font-size:14px}
.meta{color:var(--dim);font-size:13px}
.why{margin-top:4px}
.small{margin-top:10px;font-size:13px}
.event{margin-top:6px;padding-left:12px;border-left:3px solid var(--hold)}
.event.bad{border-left-color:var(--fail)}
.attempt{margin-top:10px}
.attempt>.meta{break-after:avoid}
pre{background:var(--wash);padding:9px 12px;margin-top:5px;white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.45;tab-size:4}
pre.cmd{border-left:3px solid var(--ink);background:none;padding:4px 0 4px 12px}
.cut{font-size:12.5px;color:var(--dim);padding:4px 12px;border-left:3px dotted var(--dim);margin-top:4px}
details{margin-top:6px}
summary{font-size:12.5px;color:var(--dim);cursor:pointer;width:fit-content}
.checks{margin-top:6px;font-size:13px}
.checks td,.checks th{padding:3px 12px 3px 0;border-bottom:1px dotted var(--rule)}
.checks td:first-child{width:1.4em;padding-right:4px;font-weight:700}
.script th:first-child{width:5.5em}.hands th:nth-child(3){width:6em}.hands th:nth-child(4){width:12em}.script .hand td{padding-top:2px}.script h3+.lead,.script .sign{break-before:avoid}.script .sign td{height:40px;border-bottom-color:var(--ink)}
.proof{font-family:var(--mono);font-size:11.5px;color:var(--dim)}
footer{margin-top:64px;padding-top:16px;border-top:2px solid var(--ink);font-size:13px;color:var(--dim)}
footer p{margin-bottom:8px;max-width:60em}
@media (max-width:640px){body{padding:24px 16px 64px}h1{font-size:26px}.facts{grid-template-columns:1fr;gap:2px}
.facts dd{margin-bottom:10px}.levels td:first-child{width:auto}.step-body{margin-left:0}}
@page{size:A4;margin:20mm 17mm 19mm;
@top-left{content:"${stamp}Completion evidence";font:8pt Helvetica,Arial,"Liberation Sans",sans-serif;color:#4c545e}
@top-right{content:"${id}";font:8pt "Liberation Mono",monospace;color:#4c545e}
@bottom-right{content:counter(page) " / " counter(pages);font:8pt Helvetica,Arial,"Liberation Sans",sans-serif;color:#4c545e}}
@page:first{@top-left{content:""}@top-right{content:""}}
@media print{html{font-size:9.6pt}body{padding:0;max-width:none}h1{font-size:23pt}h2{font-size:15pt;margin-top:26pt}
.result b{font-size:17pt}table,.step-body,.checks,.small{font-size:8.8pt}.facts{margin-top:12pt;padding-top:10pt;gap:5pt 18pt}.result{margin:14pt 0 2pt}.eyebrow{margin-bottom:16pt}.meta,summary,.cut{font-size:8.2pt}
.mono,code,pre{font-size:7.9pt}.proof{font-size:7.4pt}summary{list-style:none}summary::-webkit-details-marker{display:none}
.new-page{break-before:page}pre{break-inside:auto;orphans:3;widows:3}figure{break-inside:avoid}a{text-decoration:none}}
${timelineCss}`.trim();
}
