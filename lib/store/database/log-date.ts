/**
 * A time in llm's form: `2026-11-22T10:50:39.797734+00:00`, always with six digits of fraction (llm
 * cuts its listings at the point).
 *
 * @param ms milliseconds since 1970; the fraction gives the last three digits.
 */
export function logDate(ms: number): string {
  const micros = Math.floor((ms - Math.floor(ms)) * 1000)
  const iso = new Date(ms).toISOString()
  return `${iso.slice(0, -1)}${String(micros).padStart(3, '0')}+00:00`
}

/** A time with a space instead of the `T`, as llm writes it in threads and migrations. */
export function spacedLogDate(ms: number): string {
  return logDate(ms).replace('T', ' ')
}
