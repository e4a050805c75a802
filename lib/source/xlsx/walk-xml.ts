import { fieldTooLarge, longestField } from '../text/size-limits.js'
import { importOptional } from './import-optional.js'

type Saxes = typeof import('saxes')
type Parser = import('saxes').SaxesParser<{ xmlns?: false }>

/** What hears of the elements of a part of a workbook. */
export interface XmlVisitor {
  /**
   * Names of elements come without their prefix, those of attributes with it, as attributes of a
   * workbook have none.
   */
  readonly open: (name: string, attributes: Readonly<Record<string, string>>) => void
  /** A piece of text: there may be several in one element. */
  readonly text?: (piece: string) => void
  readonly close?: (name: string) => void
}

/**
 * Walks through XML that comes in pieces, and stops after each, so that what was found in it can be
 * taken.
 *
 * Prefixes say nothing: writers are free to choose them, and in a workbook nothing but extensions
 * has names of another kind. Those are left out, with all that is in them, and so is how a text is
 * to be pronounced, which is text beside it.
 *
 * The generator throws where the XML is not well-formed, or ends too early; or where what is kept
 * of it would fill the memory: a text or a tag of more than 16 MB, or elements in elements without
 * end.
 */
export type WalkXml = (
  xml: AsyncIterable<string>,
  visitor: XmlVisitor,
) => AsyncGenerator<undefined, void>

/** Levels of elements. A workbook has a dozen. */
const deepest = 1000

const leftOut: ReadonlySet<string> = new Set(['extLst', 'rPh'])

/** @throws {BatchError} DEPENDENCY_MISSING, reach `run`, when saxes is not installed. */
export async function loadXmlWalker(
  importSaxes: () => Promise<Saxes> = () => import('saxes'),
): Promise<WalkXml> {
  const { SaxesParser } = await importOptional(importSaxes, 'saxes@5.0.1')
  return async function* walkXml(xml, visitor) {
    const parser = new SaxesParser({ position: false, xmlns: false })
    let tags = 0
    visitWith(parser, visitor, () => {
      tags += 1
    })
    /** Characters since the last tag, to the length of a piece. */
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
}

/** Reads through to the end, where nothing is to be taken on the way. */
export async function walkThrough(walking: AsyncGenerator<undefined, void>): Promise<void> {
  for await (const _ of walking);
}

function visitWith(parser: Parser, visitor: XmlVisitor, passTag: () => void): void {
  let level = 0
  /** Elements that are open, from the outermost that is left out. */
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
