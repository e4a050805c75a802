/** What to write instead of common options of other tools. */
const ofOthers: Readonly<Record<string, readonly string[]>> = {
  '--concurrency N': ['-j', '--jobs', '--parallel', '--workers', '--threads', '--max-workers'],
  '--concurrency 5': ['--async'],
  '-o temperature 0.2': ['--temperature', '--temp'],
  '-o max_tokens 1000': ['--max-tokens', '--max-output-tokens'],
  '-o top_p 0.9': ['--top-p'],
  '-o seed 1': ['--seed'],
  '--overwrite': ['--force', '--clobber'],
  '--limit N': ['--head', '--rows', '--max-rows', '--num-rows', '--first'],
  '--template TEXT': ['--prompt', '--prompt-template', '-P'],
  '--output PATH': ['--out', '--output-file', '--outfile', '--save-to'],
  '--rate-limit N': ['--rpm', '--requests-per-minute'],
  '--token-limit N': ['--tpm', '--tokens-per-minute'],
  '--resume': ['--continue', '-c', '--cid'],
  '--quiet': ['--silent'],
  '--key KEY': ['--api-key'],
  '--max-cost USD': ['--budget', '--max-spend'],
  '--delimiter CHAR': ['--separator', '--sep'],
  '--format FORMAT': ['--output-format', '--json-output', '--csv'],
  '--dry-run': ['--preview', '--plan'],
  'llm --version': ['--version', '-V'],
}

/**
 * What to write instead of an option of another tool; undefined for any other word.
 *
 * @param shown as typed, with dashes; `_` counts as `-`.
 */
export function wordInstead(shown: string): string | undefined {
  // Of `-j4`, the letter alone.
  const name = shown.startsWith('--') ? shown.toLowerCase().replaceAll('_', '-') : shown.slice(0, 2)
  return Object.keys(ofOthers).find(instead => ofOthers[instead]?.includes(name))
}
