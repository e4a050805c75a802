// Preloaded by a command that is to say at its end how much memory it took at most.
import { peakRssMb } from './peak-rss.mjs'

process.on('exit', () => process.stderr.write(`PEAK_MB ${Math.round(peakRssMb())}\n`))
