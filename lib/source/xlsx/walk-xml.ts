import { loadExtra } from '../../extras/load-extra.js'
import { fieldTooLarge, longestField } from '../text/size-limits.js'

type Parser = import('saxes').SaxesParser<{ xmlns?: false }>

/** Hears of the elements in a part of a workbook. */
export interface XmlVisitor {
  /** Names of elements come without a prefix, names of attributes as written. */
  readonly open: (name: string, attributes: Readonly<Record<string, string>>) => void
  /** A piece of text. An element may have several. */
  readonly text?: (piece: string) => void
  readonly close?: (name: string) => void
}

/** Levels of elements. A workbook has a dozen. */
const deepest = 1000

const leftOut: ReadonlySet<string> = new Set(['extLst', 'rPh'])

/** @throws {BatchError} DEPENDENCY_MISSING, reach `run`, if saxes is not installed. */
export function loadSaxes(): Promise<typeof import('saxes')> {
  return loadExtra('xlsx', 'saxes')
}

/**
 * Walks through XML in pieces, and yields after each piece, so that the caller can take what was
 * found.
 *
 * Prefixes are ignored, because writers may choose them. Extensions are left out with their
 * content, and so is phonetic text.
 *
 * The generator throws if the XML is not well-formed, ends too early, or would fill the memory: a
 * text or a tag of more than 16 MB, or elements nested without end.
 */
export async function* walkXml(
  xml: AsyncIterable<string>,
  visitor: XmlVisitor,
): AsyncGenerator<undefined, void> {
  const { SaxesParser } = await loadSaxes()
  const parser = new SaxesParser({ position: false, xmlns: false })
  let tags = 0
  visitWith(parser, visitor, () => {
    tags += 1
  })
  /** Characters since the last tag, up to a piece too many. */
  let untagged = 0
  for await (const piece of xml) {
    const before = tags
    parser.write(piece)
    untagged = tags === before ? untagged + piece.length : 0
    if (untagged > longestField) throw fieldTooLarge('The workbook')
    yield
  }
  parser.close()
}

/** Walks to the end, if nothing has to be taken on the way. */
export async function walkThrough(xml: AsyncIterable<string>, visitor: XmlVisitor): Promise<void> {
  for await (const _ of walkXml(xml, visitor));
}

function visitWith(parser: Parser, visitor: XmlVisitor, passTag: () => void): void {
  let level = 0
  /** Open elements, from the outermost element that is left out. */
  let depth = 0
  parser.on('opentag', ({ name, attributes }) => {
    passTag()
    level += 1
    if (level > deepest) throw new Error(`It has more than ${deepest} elements in each other`)
    const local = withoutPrefix(name)
    if (depth > 0 || leftOut.has(local)) depth += 1
    else visitor.open(local, attributes)
  })
  parser.on('closetag', ({ name }) => {
    passTag()
    level -= 1
    if (depth > 0) depth -= 1
    else visitor.close?.(withoutPrefix(name))
  })
  parser.on('text', takeText)
  parser.on('cdata', takeText)

  function takeText(piece: string): void {
    if (depth === 0) visitor.text?.(piece)
  }
}

function withoutPrefix(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}
