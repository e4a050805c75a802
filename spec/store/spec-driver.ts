import type { DatabaseDriver } from '../../lib/store/database/open-database.js'

/**
 * The driver that the store's specs run on: `sqlite3`, but in the run that a spec starts under Node
 * 24.
 */
export const specDriver: DatabaseDriver =
  process.env.LLM_BATCH_SPEC_DRIVER === 'node-sqlite' ? 'node-sqlite' : 'sqlite3'
