import { type CommandNode, type CompletedOption, firstWords, placesOf } from './command-node.js'

/** The script of `llm completion fish`. */
export function fishCompletion(nodes: readonly CommandNode[]): string {
  const places = placesOf(nodes).map(quoted)
  return `# Completion of llm and llm-batch for fish. Put it into its folder:
#   llm completion fish > ~/.config/fish/completions/llm.fish
function __llm_command
    set -l words (commandline -opc)
    set -l name (string replace -r '.*/' '' -- $words[1])
    set -e words[1]
    if test "$name" = llm-batch; and not contains -- "$words[1]" ${firstWords(nodes).join(' ')}
        set words batch $words
    end
    set -l command ''
    for word in $words
        set -l longer (string trim -- "$command $word")
        contains -- "$longer" ${places.join(' ')}; or break
        set command $longer
    end
    echo $command
end
function __llm_at
    set -l found (__llm_command)
    test "$found" = "$argv[1]"
end
complete -c llm -e
complete -c llm-batch -e
${nodes.flatMap(linesOf).join('\n')}
`
}

function linesOf({ words, next, options, takesFile }: CommandNode): readonly string[] {
  const start = `complete -c llm -c llm-batch -n ${quoted(`__llm_at ${quoted(words)}`)}`
  return [
    ...(takesFile ? [`${start} -F`] : [`${start} -f`]),
    ...next.map(({ word, about }) => `${start} -a ${quoted(word)} -d ${quoted(about)}`),
    ...options.map(option => `${start} ${optionWords(option)} -d ${quoted(option.about)}`),
  ]
}

function optionWords({ long, short, value, choices }: CompletedOption): string {
  const name = `-l ${long.slice(2)}${short === undefined ? '' : ` -s ${short}`}`
  return {
    none: name,
    file: `${name} -r -F`,
    text: `${name} -x`,
    choice: `${name} -x -a ${quoted(choices.join(' '))}`,
  }[value]
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}
