import type { SourceRecord } from '../../row/outcome.js'

export interface GroupGathering {
  /** @returns the group, if this record of `characters` makes it full. */
  readonly take: (record: SourceRecord, length: number) => readonly SourceRecord[] | undefined
  /** @returns the records since the last group. */
  readonly rest: () => readonly SourceRecord[]
}

const mostRecords = 128
/** Characters at which a group is full. A very long record is the last of its group. */
const mostText = 192 * 1024

/** Gathers single records into groups. */
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
