import { parseSync } from '@swc/core'

/** What a module leans on outside itself. */
export interface ModuleFacts {
  /**
   * Specifiers of everything it imports or re-exports, type imports included; `undefined` where it
   * is computed.
   */
  readonly imports: readonly (string | undefined)[]
  /**
   * Names it refers to, and their first member: `process`, `Math.random`, `new Date()`. Not
   * property names.
   */
  readonly names: ReadonlySet<string>
}

export interface SyntaxNode {
  readonly type: string
  readonly [field: string]: unknown
}

/**
 * Reads what a TypeScript module imports and refers to from its syntax, so that comments and texts
 * do not count.
 */
export function readModule(text: string): ModuleFacts {
  const imports: (string | undefined)[] = []
  const names = new Set<string>()
  visit(parseSync(text, { syntax: 'typescript', target: 'es2022' }), node => {
    if (isImport(node)) imports.push(specifierOf(node))
    for (const name of namesIn(node)) names.add(name.replace(/^globalThis\./, ''))
  })
  return { imports, names }
}

export function visit(value: unknown, see: (node: SyntaxNode) => void): void {
  if (Array.isArray(value)) for (const part of value) visit(part, see)
  else if (typeof value === 'object' && value !== null) {
    if (isNode(value)) see(value)
    for (const part of Object.values(value)) visit(part, see)
  }
}

function isImport(node: SyntaxNode): boolean {
  if (node.type === 'CallExpression') return isNode(node.callee) && node.callee.type === 'Import'
  if (node.type === 'ExportNamedDeclaration') return isNode(node.source)
  return ['ImportDeclaration', 'ExportAllDeclaration', 'TsImportType'].includes(node.type)
}

function specifierOf(node: SyntaxNode): string | undefined {
  const [first] = (node.arguments ?? []) as readonly { readonly expression: unknown }[]
  const literal = node.source ?? node.argument ?? first?.expression
  return isNode(literal) && literal.type === 'StringLiteral' ? String(literal.value) : undefined
}

function namesIn(node: SyntaxNode): string[] {
  // The parser marks a reference with `optional`; the name of a property or of a key has no such
  // field.
  if (node.type === 'Identifier' && 'optional' in node) return [String(node.value)]
  if (node.type === 'MemberExpression') return [`${nameOf(node.object)}.${nameOf(node.property)}`]
  const isCall = node.type === 'NewExpression' || node.type === 'CallExpression'
  const isBare = isCall && (node.arguments as readonly unknown[]).length === 0
  return isBare && nameOf(node.callee) === 'Date' ? ['new Date()'] : []
}

function nameOf(value: unknown): string {
  if (!isNode(value)) return ''
  if (value.type === 'Identifier') return String(value.value)
  if (value.type === 'Computed') return nameOf(value.expression)
  return value.type === 'StringLiteral' ? String(value.value) : ''
}

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'type' in value
}
