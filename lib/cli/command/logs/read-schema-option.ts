import { findSchema } from '../../../home/find-schema.js'
import type { Home } from '../../../home/open-home.js'
import type { LlmLog } from '../../../port/llm-log.js'
import { schemaOfSeveral } from '../../../schema/schema-of-several.js'
import { loadMessageHash } from '../../../store/llm-log/message-hash.js'
import { schemaContent } from '../../../store/llm-log/schema-content.js'
import type { GivenCommand } from '../../words/command.js'

/**
 * The id of the schema that `--schema` or `--schema-multi` names; undefined without both.
 *
 * @throws {BatchError} SCHEMA_INVALID if there is no such schema.
 */
export async function readSchemaOption(
  { texts }: GivenCommand,
  log: LlmLog,
  { folder }: Home,
): Promise<string | undefined> {
  const given = texts.schemaMulti ?? texts.schema
  if (given === undefined) return undefined
  const isSingle = texts.schemaMulti === undefined
  // A stored id stays as it is: to parse the schema would make 1 of a 1.0, and so a different id.
  if (isSingle && (await log.findSchema(given)) !== undefined) return given
  const schema = await findSchema(given, { folder, store: log })
  const hash = await loadMessageHash()
  return hash.ofSchema(schemaContent(isSingle ? schema : schemaOfSeveral(schema)))
}
