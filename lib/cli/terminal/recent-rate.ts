interface Sample {
  readonly done: number
  readonly atMs: number
}

/**
 * Measures a rate per second over the last `windowMs`, so that the figure is recent and steady.
 *
 * @returns a function of the count and its time (monotonic) that returns the rate; undefined in the
 * first second.
 */
export function makeRecentRate(windowMs = 20_000): (sample: Sample) => number | undefined {
  const samples: Sample[] = []
  return sample => {
    samples.push(sample)
    while (samples.length > 2 && sample.atMs - (samples[1] ?? sample).atMs >= windowMs) {
      samples.shift()
    }
    const oldest = samples[0] ?? sample
    const passedMs = sample.atMs - oldest.atMs
    return passedMs < 1000 ? undefined : ((sample.done - oldest.done) / passedMs) * 1000
  }
}
