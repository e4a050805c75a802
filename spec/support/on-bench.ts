import { type OpenedBench, openBench } from './use-command.js'

/** A test with a bench of its own, for tests that run at the same time. */
export function onBench<Given extends readonly unknown[]>(
  test: (bench: OpenedBench, ...given: Given) => Promise<void>,
): (...given: Given) => Promise<void> {
  return async (...given) => {
    const bench = await openBench()
    try {
      await test(bench, ...given)
    } finally {
      await bench.close()
    }
  }
}
