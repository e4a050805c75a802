import { guardFormula, isFormula } from './guard-formula.js'
import { type OutcomeNaming, outcomeCells, type WrittenOutcome } from './outcome-columns.js'
import type { OutputDocument } from './output-document.js'
import { writeCsv } from './write-csv.js'

/**
 * Outcomes as a table: the input's columns, then the response.
 *
 * @param formulaGuard whether to guard formulas, also in the input's cells and names.
 */
export function writeOutcomeTable(
  delimiter: ',' | '\t',
  { columns, responseColumn }: OutcomeNaming,
  formulaGuard: boolean,
): OutputDocument<WrittenOutcome> {
  const guarded = (cells: readonly string[]) => (formulaGuard ? cells.map(guardFormula) : cells)
  let formulas = 0
  const table = writeCsv(
    delimiter,
    guarded([...columns, responseColumn]),
    (outcome: WrittenOutcome) => {
      const cells = outcomeCells(outcome, columns)
      if (!formulaGuard && isFormula(cells.at(-1) ?? '')) formulas += 1
      return guarded(cells)
    },
  )
  return { ...table, formulas: () => formulas }
}
