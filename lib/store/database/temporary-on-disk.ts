/**
 * Puts the temporary tables of a connection on disk. The first use drops all temporary tables.
 * Later uses change nothing.
 */
export const temporaryOnDisk = `
  PRAGMA temp_store = FILE;
  PRAGMA temp.journal_mode = MEMORY;
  PRAGMA temp.cache_size = -8000;`
