import type { SourceRecord } from '../../row/outcome.js'

export interface GroupGathering {
  /** @returns the group that is full with this record, of so many characters. */
  readonly take: (record: SourceRecord, length: number) => readonly SourceRecord[] | undefined
  /** @returns what has come since the last group. */
  readonly rest: () => readonly SourceRecord[]
}

const mostRecords = 128
/**
 * Characters at which a group is full: a very long record is a group of its own, or the last of
 * one.
 */
const mostText = 192 * 1024

/** Makes groups of records that come one by one. */
export function gatherGroups(): GroupGathering {
  let group: SourceRecord[] = []
  let text = 0

  return {
    take(record, length) {
      group.push(record)
      text += length
      return group.length === mostRecords || text >= mostText ? rest() : undefined
    },
    rest,
  }

  function rest(): readonly SourceRecord[] {
    const gathered = group
    group = []
    text = 0
    return gathered
  }
}
