import { guardFormula, isFormula } from './guard-formula.js'
import {
  answerColumns,
  type OutcomeNaming,
  outcomeCells,
  type WrittenOutcome,
} from './outcome-columns.js'
import type { OutputDocument } from './output-document.js'
import { writeCsv } from './write-csv.js'

/**
 * Outcomes as a table: the input's columns, then those of the answer.
 *
 * @param formulaGuard whether to guard formulas, also in the input's cells and names.
 */
export function writeOutcomeTable(
  delimiter: ',' | '\t',
  naming: OutcomeNaming,
  formulaGuard: boolean,
): OutputDocument<WrittenOutcome> {
  const { columns } = naming
  const guarded = (cells: readonly string[]) => (formulaGuard ? cells.map(guardFormula) : cells)
  let formulas = 0
  const table = writeCsv(
    delimiter,
    guarded([...columns, ...answerColumns(naming)]),
    (outcome: WrittenOutcome) => {
      const lines = outcomeCells(outcome, naming)
      const hasFormula = lines.some(cells => cells.slice(columns.length).some(isFormula))
      if (!formulaGuard && hasFormula) formulas += 1
      return lines.map(guarded)
    },
  )
  return { ...table, formulas: () => formulas }
}
