import { guardFormula, isFormula } from './guard-formula.js'
import { type OutcomeNaming, outcomeCells, type WrittenOutcome } from './outcome-columns.js'
import type { OutputDocument } from './output-document.js'
import { writeCsv } from './write-csv.js'

export interface WriteOutcomeTableOptions extends OutcomeNaming {
  readonly delimiter: ',' | '\t'
  /** Whether to guard formulas, also in the input's cells and names. */
  readonly formulaGuard: boolean
}

/** Outcomes as a table: the input's columns, then the response. */
export function writeOutcomeTable(
  options: WriteOutcomeTableOptions,
): OutputDocument<WrittenOutcome> {
  const { delimiter, columns, responseColumn, formulaGuard } = options
  const guarded = (cells: readonly string[]) => (formulaGuard ? cells.map(guardFormula) : cells)
  let formulas = 0
  const table = writeCsv<WrittenOutcome>({
    delimiter,
    header: guarded([...columns, responseColumn]),
    cellsOf(outcome) {
      const cells = outcomeCells(outcome, options)
      if (!formulaGuard && isFormula(cells.at(-1) ?? '')) formulas += 1
      return guarded(cells)
    },
  })
  return { ...table, formulas: () => formulas }
}
