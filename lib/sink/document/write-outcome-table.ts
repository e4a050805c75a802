import { guardFormula, isFormula } from './guard-formula.js'
import {
  answerColumns,
  type OutcomeNaming,
  outcomeCells,
  type WrittenOutcome,
} from './outcome-columns.js'
import type { OutputDocument } from './output-document.js'
import { type CsvForm, writeCsv } from './write-csv.js'

export interface OutcomeTableForm extends CsvForm {
  /** Whether to guard formulas, also in the input's cells and names; no if absent. */
  readonly formulaGuard?: boolean | undefined
}

/** Outcomes as a CSV or TSV: the input's columns, then those of the answer. */
export function writeOutcomeTable(
  { formulaGuard = false, ...form }: OutcomeTableForm,
  naming: OutcomeNaming,
): OutputDocument<WrittenOutcome> {
  const { columns } = naming
  const guarded = (cells: readonly string[]) => (formulaGuard ? cells.map(guardFormula) : cells)
  let formulas = 0
  const table = writeCsv(
    form,
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
