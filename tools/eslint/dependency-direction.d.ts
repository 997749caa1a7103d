import type { Rule } from 'eslint';

export const dependencyDirection: Rule.RuleModule;
