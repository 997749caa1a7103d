/**
 * ESLint finds mistakes that show without types; .oxlintrc.json holds the rules that need them; Prettier decides the form.
 * The layers are proved by tools/eslint/dependency-direction.js.
 */
import eslint from '@eslint/js';
import reactHooks from 'eslint-plugin-react-hooks';
import { defineConfig, globalIgnores } from 'eslint/config';
import tseslint from 'typescript-eslint';
import { dependencyDirection } from './tools/eslint/dependency-direction.js';

const SOURCE = ['electron/**/*.ts', 'renderer/**/*.{ts,tsx}'];
const TESTS = ['test/**/*.{ts,tsx}'];
const CONFIGS = ['**/*.config.{js,ts}'];

const NO_ENUM = { selector: 'TSEnumDeclaration', message: 'Use a union of string literals.' };
const NO_DEFAULT_EXPORT = {
  selector: ':matches(ExportDefaultDeclaration, ExportSpecifier[exported.name="default"])',
  message: 'Named exports only.',
};
const NO_BARREL = {
  selector: 'ExportAllDeclaration',
  message: 'No barrel files: import from the module itself.',
};
const EXTENSION = {
  selector:
    ':matches(ImportDeclaration, ExportNamedDeclaration, ImportExpression)[source.value=/^[.]{1,2}\\u002F(.*\\u002F)?[^.\\u002F]+$/]',
  message: 'A relative import carries its extension: ./name.ts',
};
const NO_DOUBLE_ASSERTION = {
  selector: 'TSAsExpression > TSAsExpression[typeAnnotation.type="TSUnknownKeyword"]',
  message: 'Parse the value with its schema instead of asserting through unknown.',
};
const FUNCTION_DECLARATION = {
  selector:
    ':matches(Program, Program > ExportNamedDeclaration) > VariableDeclaration > VariableDeclarator > ArrowFunctionExpression.init',
  message: 'A top-level function is a function declaration.',
};
const NO_SYNC_FS = [
  {
    selector: 'ImportDeclaration[source.value=/^(node:)?fs$/] ImportSpecifier[imported.name=/Sync$/]',
    message: 'The host never blocks: use node:fs/promises.',
  },
  {
    selector: 'MemberExpression[object.name=/^fs/i][property.name=/Sync$/]',
    message: 'The host never blocks: use node:fs/promises.',
  },
];

const EVERYWHERE = [NO_ENUM, NO_DEFAULT_EXPORT, NO_BARREL, EXTENSION];
const PRODUCT = [...EVERYWHERE, NO_DOUBLE_ASSERTION, FUNCTION_DECLARATION];

export default defineConfig(
  globalIgnores(['dist/', 'out/', 'release/', 'test-results/', 'playwright-report/']),
  eslint.configs.recommended,
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: ['error', 'always'],
      'no-restricted-syntax': ['error', ...EVERYWHERE],
      // Control characters are this trade's alphabet: terminals, escape sequences, hostile text.
      'no-control-regex': 'off',
    },
  },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strict],
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: SOURCE,
    plugins: { holdpoint: { rules: { 'dependency-direction': dependencyDirection } } },
    rules: {
      'holdpoint/dependency-direction': 'error',
      'max-lines': ['error', { max: 400 }],
      'no-console': 'error',
      'no-restricted-syntax': ['error', ...PRODUCT],
    },
  },
  {
    // A message catalogue has one reason to change, however long it is.
    files: ['renderer/i18n/*.ts'],
    rules: { 'max-lines': 'off' },
  },
  {
    files: ['electron/host/**/*.ts'],
    rules: { 'no-restricted-syntax': ['error', ...PRODUCT, ...NO_SYNC_FS] },
  },
  {
    // Two files own the raw channel; everything else goes through the typed contract.
    files: ['electron/desktop/**/*.ts'],
    ignores: ['electron/desktop/ipc.ts', 'electron/desktop/preload.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'electron',
              importNames: ['ipcMain', 'ipcRenderer', 'default'],
              allowTypeImports: true,
              message: 'Raw IPC lives in electron/desktop/ipc.ts and preload.ts only.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['renderer/**/*.{ts,tsx}'],
    ignores: CONFIGS,
    plugins: { 'react-hooks': reactHooks },
    // The rules of the React Compiler, which is not used here, took a third of the whole check's time.
    rules: { 'react-hooks/rules-of-hooks': 'error', 'react-hooks/exhaustive-deps': 'warn' },
  },
  {
    files: TESTS,
    rules: {
      // Playwright's fixtures take `use` and an empty pattern where there is nothing to depend on.
      'no-empty-pattern': 'off',
    },
  },
  {
    files: CONFIGS,
    rules: { 'no-restricted-syntax': ['error', NO_ENUM, NO_BARREL], 'holdpoint/dependency-direction': 'off' },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'process',
          'console',
          'setInterval',
          'clearInterval',
          'URL',
          'Buffer',
          'setTimeout',
          'clearTimeout',
          'fetch',
          'AbortSignal',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
);
