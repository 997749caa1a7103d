/** The rest of the verifier's build: its digest, and the page with script and style inside and a policy by their hashes. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { englishOnly } from './bundles.mjs';
import { inRoot } from './paths.mjs';

const { version } = JSON.parse(readFileSync(inRoot('package.json'), 'utf8'));
const page = (name) => inRoot('electron', 'verifier', 'page', name);

/** Puts text in place of a mark. Not with a pattern: what is put in may hold dollar signs. */
function fill(html, mark, text) {
  if (html.split(mark).length !== 2) throw new Error(`The page must have ${mark} once.`);
  return html.split(mark).join(text);
}

function hashOf(text) {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

async function bundlePage() {
  const esbuild = await import('esbuild');
  const options = {
    bundle: true,
    write: false,
    minify: true,
    target: 'es2023',
    charset: 'ascii',
    plugins: [englishOnly],
  };
  const made = async (entry, more) =>
    (await esbuild.build({ ...options, ...more, entryPoints: [page(entry)] })).outputFiles[0].text;
  const script = await made('main.ts', { format: 'iife', platform: 'browser' });
  // An end tag in a string would end the script; the same text, written otherwise.
  return { script: script.replaceAll('</script', '<\\/script'), style: await made('page.css', {}) };
}

/** @param {string} id see build-id.mjs */
export async function finishVerifier(id) {
  const program = readFileSync(inRoot('dist', 'holdpoint-verify.mjs'));
  const digest = createHash('sha256').update(program).digest('hex');
  writeFileSync(inRoot('dist', 'holdpoint-verify.mjs.sha256'), `${digest}  holdpoint-verify.mjs\n`);
  const { script, style } = await bundlePage();
  const csp = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  // The hashes are of exactly what stands between the tags: not of the line ends around a mark.
  let html = readFileSync(page('page.html'), 'utf8').replace(/>\s*(%STYLE%|%SCRIPT%)\s*</gu, '>$1<');
  html = fill(html, '%CSP%', csp);
  html = fill(html, '%VERSION%', version);
  html = fill(html, '%BUILD%', id);
  html = fill(html, '%STYLE%', style);
  html = fill(html, '%SCRIPT%', script);
  writeFileSync(inRoot('dist', 'holdpoint-verify.html'), html);
}
