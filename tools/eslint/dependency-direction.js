/**
 * Lint rule: dependencies point one way.
 *
 *   contract <- domain <- host <- { desktop, serve, cli, verifier }      renderer -> contract (types), domain
 *
 * One table says what each layer may use; everything else is an error. Add a package to a pure layer here, on purpose,
 * or not at all.
 */
import { isBuiltin } from 'node:module';
import path from 'node:path';

/** Files of the contract whose values the page may use: they carry no zod. */
const PAGE_VALUE_MODULES = new Set([
  'electron/contract/bridge.ts',
  'electron/contract/flow.ts',
  'electron/contract/result.ts',
  'electron/contract/runbook.ts',
]);

const SHELL = { layers: ['contract', 'domain', 'host'], node: true, deny: [/^react(-|$|\/)/u, /^@xterm\//u] };

/**
 * layers: other layers it may import. node: whether Node's modules are there.
 * packages: the only packages allowed; deny: packages refused where no list is kept.
 */
const LAYERS = {
  contract: { layers: [], node: false, packages: [/^zod$/u] },
  domain: {
    layers: ['contract'],
    node: false,
    packages: [
      /^zod$/u,
      /^yaml$/u,
      /^@marcbachmann\/cel-js$/u,
      /^mdast$/u,
      /^(?:mdast-util-(?:from-markdown|gfm-table)|micromark-extension-gfm-table)$/u,
    ],
  },
  host: { layers: ['contract', 'domain'], node: true, deny: SHELL.deny },
  desktop: SHELL,
  serve: SHELL,
  // One file for auditors: its command is also `holdpoint verify`; its page takes nothing of Node (built for a browser).
  verifier: { ...SHELL, layers: ['contract', 'domain', 'host'] },
  // `holdpoint serve` is a command: the command line starts the browser shell, never the other way round.
  cli: { ...SHELL, layers: [...SHELL.layers, 'serve', 'verifier'] },
  renderer: {
    layers: ['contract', 'domain'],
    node: false,
    packages: [
      /^react(-dom|-aria|-aria-components|-stately|-markdown)?(\/|$)/u,
      /^@react-(aria|stately|types)\//u,
      /^@internationalized\//u,
      /^@xterm\//u,
      /^@fontsource-variable\//u,
      /^remark-gfm$/u,
      /^uqr$/u,
      /^intl-messageformat$/u,
      /^zustand(\/|$)/u,
    ],
  },
};

/** Packages that only the desktop shell can load: both need Electron's binary. */
const ELECTRON_ONLY = /^electron(-store)?(\/|$)/u;
const CONFIG_FILE = /(^|\/)[^/]+\.config\.[cm]?[jt]s$/u;

/** 'contract', 'renderer' …; 'none' for a source file under electron/ in no known folder; null outside the product. */
function layerOf(file) {
  if (CONFIG_FILE.test(file)) return null;
  const [top, second, third] = file.split('/');
  if (top === 'renderer') return 'renderer';
  if (top !== 'electron') return null;
  return third !== undefined && Object.hasOwn(LAYERS, second) ? second : 'none';
}

function toPosix(file) {
  return file.split(path.sep).join('/');
}

/** Is every name of this import or re-export erased by the compiler? */
function isTypeOnly(node) {
  if (node.type === 'TSImportType') return true;
  if (node.importKind === 'type' || node.exportKind === 'type') return true;
  const specifiers = node.specifiers ?? [];
  return (
    specifiers.length > 0 && specifiers.every((one) => one.importKind === 'type' || one.exportKind === 'type')
  );
}

/** What is wrong with `layer` using the package `name`, as a message id; undefined when nothing is. */
function packageProblem(layer, name) {
  if (ELECTRON_ONLY.test(name)) return layer === 'desktop' ? undefined : 'electron';
  const rules = LAYERS[layer];
  if (isBuiltin(name)) return rules.node ? undefined : 'node';
  if (rules.packages !== undefined && !rules.packages.some((one) => one.test(name))) return 'package';
  if (rules.deny?.some((one) => one.test(name)) === true) return 'package';
  return undefined;
}

/** The same for a relative import that resolves to `target`, a path from the repository root. */
function fileProblem(layer, target, typeOnly) {
  if (target.startsWith('test/') || target.startsWith('scripts/') || target.startsWith('tools/'))
    return 'outside';
  const other = layerOf(target);
  if (other === null || other === layer) return undefined;
  if (other === 'none' || !LAYERS[layer].layers.includes(other)) return 'direction';
  if (layer === 'renderer' && other === 'contract' && !typeOnly && !PAGE_VALUE_MODULES.has(target)) {
    return 'pageValue';
  }
  return undefined;
}

/** @type {import('eslint').Rule.RuleModule} */
export const dependencyDirection = {
  meta: {
    type: 'problem',
    docs: { description: 'contract <- domain <- host <- shells; renderer -> contract (types), domain' },
    schema: [],
    messages: {
      direction:
        '{{layer}} must not import {{target}}: contract <- domain <- host <- shells; page -> contract, domain.',
      pageValue:
        'The page imports only types from {{target}}, so that no schema reaches it. Use `import type`.',
      electron: "'{{target}}' needs Electron: only electron/desktop may import it.",
      node: "{{layer}} is pure and must not import Node's '{{target}}'.",
      package:
        "{{layer}} must not use the package '{{target}}' (tools/eslint/dependency-direction.js keeps the list).",
      outside: 'The product must not import {{target}}: tests, scripts and tools do not ship.',
      homeless:
        'A source file under electron/ belongs to contract, domain, host, desktop, serve, cli or verifier.',
      computed: 'An import must name its module in plain words, so that its direction can be checked.',
    },
  },
  create(context) {
    const file = toPosix(path.relative(context.cwd, context.filename));
    const layer = layerOf(file);
    if (layer === null) return {};
    if (layer === 'none') {
      return { Program: (node) => context.report({ node, messageId: 'homeless' }) };
    }

    function check(node, source) {
      if (source === null || source === undefined) return;
      if (source.type !== 'Literal' || typeof source.value !== 'string') {
        context.report({ node: source, messageId: 'computed' });
        return;
      }
      const name = source.value;
      const relative = name.startsWith('.') || name.startsWith('/');
      const target = relative
        ? toPosix(path.posix.normalize(path.posix.join(path.posix.dirname(file), name.replace(/\?.*$/u, ''))))
        : name;
      const messageId = relative ? fileProblem(layer, target, isTypeOnly(node)) : packageProblem(layer, name);
      if (messageId !== undefined) context.report({ node: source, messageId, data: { layer, target } });
    }

    return {
      ImportDeclaration: (node) => check(node, node.source),
      ExportNamedDeclaration: (node) => check(node, node.source),
      ExportAllDeclaration: (node) => check(node, node.source),
      ImportExpression: (node) => check(node, node.source),
      TSImportType: (node) => check(node, node.source ?? node.argument?.literal ?? node.argument),
      TSExternalModuleReference: (node) => check(node, node.expression),
      'CallExpression[callee.name="require"]': (node) => check(node, node.arguments[0]),
    };
  },
};
