/**
 * Keeps Node from printing that its own SQLite is experimental. The text would stand among ours,
 * and a user can do nothing about it. Only for the command: a library must not change its caller's
 * process.
 */
export function silenceSqliteWarning(): void {
  const emit = process.emitWarning
  const quieter = (warning: string | Error, ...rest: unknown[]): void => {
    if (!/^SQLite is an experimental feature/.test(String(warning))) {
      Reflect.apply(emit, process, [warning, ...rest])
    }
  }
  process.emitWarning = quieter as typeof process.emitWarning
}
