import { parseSync } from '@swc/core'
import { isNode, type SyntaxNode, visit } from './read-module.js'

export interface Expressions {
  readonly written: readonly { readonly pattern: string; readonly flags: string }[]
  /** Those made of texts, which nobody can look at. */
  readonly computed: number
}

/** The regular expressions of a TypeScript module. */
export function readExpressions(text: string): Expressions {
  const nodes: SyntaxNode[] = []
  visit(parseSync(text, { syntax: 'typescript', target: 'es2022' }), node => void nodes.push(node))
  return {
    written: nodes
      .filter(({ type }) => type === 'RegExpLiteral')
      .map(({ pattern, flags }) => ({ pattern: String(pattern), flags: String(flags) })),
    computed: nodes.filter(({ callee }) => isNode(callee) && callee.value === 'RegExp').length,
  }
}
