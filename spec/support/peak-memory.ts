const preload = `process.on('exit', () => {
  const { maxRSS } = process.resourceUsage()
  process.stderr.write('PEAK_MB ' + Math.round(maxRSS / 1024) + '\\n')
})`

/** The environment of a command that says at its end how much memory it took at most. */
export function sayingPeak(): Readonly<Record<string, string>> {
  return { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(preload)}` }
}

/** Megabytes that a command said it took at most. */
export function peakMb(stderr: string): number {
  return Number(/^PEAK_MB (\d+)$/m.exec(stderr)?.[1])
}
