/** `when` expressions: CEL over the run so far, always true or false. No side effects, no code generation, no loops. */
import { type ASTNode, Environment } from '@marcbachmann/cel-js';
import { err, ok, type Result } from '../../contract/result.ts';
import { checkPattern } from './pattern.ts';

type Names = Readonly<Record<string, string>>;

/** What an expression can see. All values are text; `int(param.replicas) > 2` compares as numbers. */
export interface ConditionScope {
  readonly variant: Names;
  readonly param: Names;
  readonly capture: Names;
  readonly choice: Names;
  /** By step id: `step["upgrade"].state == "passed"`. */
  readonly step: Readonly<Record<string, { readonly state: string }>>;
}

export interface ConditionRef {
  readonly scope: keyof ConditionScope;
  readonly name: string;
  /** Where it stands in the expression, as offsets in UTF-16 code units. */
  readonly start: number;
  readonly end: number;
}

const environment = new Environment({ limits: { maxAstNodes: 400, maxDepth: 32 } })
  .registerVariable('variant', 'map<string, string>')
  .registerVariable('param', 'map<string, string>')
  .registerVariable('capture', 'map<string, string>')
  .registerVariable('choice', 'map<string, string>')
  .registerVariable('step', 'map<string, map<string, string>>');

const LOOPS: readonly string[] = [
  'all',
  'exists',
  'exists_one',
  'map',
  'filter',
  'transformList',
  'transformMap',
];

/** Whether an expression is one, gives true or false, and cannot take long. */
export function checkCondition(expression: string): Result<null, string> {
  const refs = conditionRefs(expression);
  return refs.ok ? ok(null) : refs;
}

/** Checks an expression and lists what it refers to by name. */
export function conditionRefs(expression: string): Result<readonly ConditionRef[], string> {
  return guarded(() => {
    const parsed = environment.parse(expression);
    const type = parsed.check();
    if (!type.valid) return err(firstLine(type.error?.message));
    if (type.type !== 'bool')
      return err('a condition must be true or false; compare with ==, such as variant.name == "value"');
    const refs: ConditionRef[] = [];
    const problem = walk(parsed.ast, refs);
    return problem === null ? ok(refs) : err(problem);
  });
}

/** The same condition with other names; one that cannot be read stays as it is. */
export function renameCondition(expression: string, rename: (ref: ConditionRef) => string): string {
  const refs = conditionRefs(expression);
  if (!refs.ok) return expression;
  let renamed = expression;
  for (const ref of [...refs.value].sort((x, y) => y.start - x.start)) {
    renamed = `${renamed.slice(0, ref.start)}${ref.scope}["${rename(ref)}"]${renamed.slice(ref.end)}`;
  }
  return renamed;
}

/** The value of a condition. A name without a value, or anything but true and false, is an error and never false. */
export function evaluateCondition(expression: string, scope: ConditionScope): Result<boolean, string> {
  const checked = checkCondition(expression);
  if (!checked.ok) return checked;
  return guarded(() => {
    const value: unknown = environment.evaluate(expression, { ...scope });
    return typeof value === 'boolean' ? ok(value) : err('a condition must be true or false');
  });
}

function guarded<T>(work: () => Result<T, string>): Result<T, string> {
  try {
    return work();
  } catch (e) {
    return err(firstLine(e instanceof Error ? e.message : undefined));
  }
}

function firstLine(message: string | undefined): string {
  return message?.split('\n')[0]?.slice(0, 300) ?? 'the condition cannot be read';
}

const scopes: readonly string[] = [
  'variant',
  'param',
  'capture',
  'choice',
  'step',
] satisfies (keyof ConditionScope)[];

function isScope(name: string): name is keyof ConditionScope {
  return scopes.includes(name);
}

/** Collects references; returns what is not allowed in an expression, else null. */
function walk(node: ASTNode, refs: ConditionRef[]): string | null {
  if (node.op === '.' && node.args[0].op === 'id' && isScope(node.args[0].args)) {
    refs.push({ scope: node.args[0].args, name: node.args[1], ...node.range });
    return null;
  }
  if (node.op === '[]' && node.args[0].op === 'id' && isScope(node.args[0].args)) {
    const key = node.args[1];
    if (key.op !== 'value' || typeof key.args !== 'string')
      return `a name in ${node.args[0].args}[…] must be written out`;
    refs.push({ scope: node.args[0].args, name: key.args, ...node.range });
    return null;
  }
  if (node.op === 'rcall') {
    const [method, , args] = node.args;
    if (LOOPS.includes(method)) return `"${method}" is not available in conditions`;
    if (method === 'matches') {
      const pattern = args[0];
      if (pattern?.op !== 'value' || typeof pattern.args !== 'string')
        return 'the pattern of "matches" must be written out';
      const safe = checkPattern(pattern.args);
      if (!safe.ok) return safe.error;
    }
  }
  if (node.op === 'call' && node.args[0] === 'matches') return 'write text.matches("pattern")';
  for (const child of childrenOf(node.args)) {
    const problem = walk(child, refs);
    if (problem !== null) return problem;
  }
  return null;
}

function childrenOf(args: unknown): readonly ASTNode[] {
  if (Array.isArray(args)) return (args as readonly unknown[]).flatMap(childrenOf);
  return isNode(args) ? [args] : [];
}

function isNode(value: unknown): value is ASTNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'args' in value;
}
