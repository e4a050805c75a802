/** Does the work that a measured process was started for, and prints what it cost, as JSON. */
export async function measureWork(work: () => Promise<{ readonly rows: number }>): Promise<void> {
  const cpuBefore = process.cpuUsage()
  const startedMs = performance.now()
  const { rows } = await work()
  const wallMs = performance.now() - startedMs
  const { user, system } = process.cpuUsage(cpuBefore)
  const peakMb = process.resourceUsage().maxRSS / 1024
  console.log(JSON.stringify({ rows, wallMs, cpuMs: (user + system) / 1000, peakMb }))
}
