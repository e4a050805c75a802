import { type CommandNode, choiceCases, firstWords, optionNames, placesOf } from './command-node.js'

/** The script of `llm completion bash`. */
export function bashCompletion(nodes: readonly CommandNode[]): string {
  const places = placesOf(nodes).map(quoted)
  return `# Completion of llm and llm-batch for bash. Put this into ~/.bashrc:
#   source <(llm completion bash)
_llm() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]}
  local command= word next= options= values= choices= files= takes=
  local -a words=("\${COMP_WORDS[@]:1:COMP_CWORD-1}")
  COMPREPLY=()
  if [[ \${COMP_WORDS[0]##*/} == llm-batch ]]; then
    case "\${words[0]-}" in
      ${firstWords(nodes).map(quoted).join('|')}) ;;
      *) words=(batch "\${words[@]}") ;;
    esac
  fi
  for word in "\${words[@]}"; do
    case "\${command:+$command }$word" in
      ${places.join('|')}) command="\${command:+$command }$word" ;;
      *) break ;;
    esac
  done
  case "$command" in
${nodes.map(caseOf).join('\n')}
  esac
  # Of two words, the first is the option's name.
  if [[ " $files " == *" $previous "* ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  elif [[ -n $choices ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$current")
  elif [[ " $values " == *" $previous "* ]]; then
    return
  elif [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -W "$next" -- "$current")
    if [[ $takes == file ]]; then
      compopt -o filenames 2>/dev/null
      mapfile -t -O "\${#COMPREPLY[@]}" COMPREPLY < <(compgen -f -- "$current")
    fi
  fi
}
complete -F _llm llm llm-batch
`
}

function caseOf({ words, next, options, takesFile }: CommandNode): string {
  return `    ${quoted(words)})
      options='${options.map(({ long }) => long).join(' ')}'
      values='${optionNames(options, 'text')}'
      files='${optionNames(options, 'file')}'
      next='${next.map(({ word }) => word).join(' ')}'
      takes=${takesFile ? 'file' : 'none'}${choiceCases(options, choiceCase)}
      ;;`
}

function choiceCase(names: string, choices: string): string {
  return `${names}) choices='${choices}' ;;`
}

/** Names of commands have letters, blanks and dashes only. */
function quoted(words: string): string {
  return `'${words}'`
}
