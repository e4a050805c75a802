interface Sample {
  readonly done: number
  readonly atMs: number
}

/**
 * Things done a second over the last `windowMs`, so that a figure follows what happens now and does
 * not jump.
 *
 * @returns takes each look at the count (`atMs` never steps back) and gives the rate; undefined in
 * the first second.
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
