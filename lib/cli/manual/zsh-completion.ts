import { type CommandNode, choiceCases, firstWords, optionNames, placesOf } from './command-node.js'

/** The script of `llm completion zsh`. */
export function zshCompletion(nodes: readonly CommandNode[]): string {
  const places = placesOf(nodes).map(quoted)
  const first = firstWords(nodes).map(quoted)
  return `#compdef llm llm-batch
# Completion of llm and llm-batch for zsh. Put this into ~/.zshrc, below compinit:
#   source <(llm completion zsh)
_llm() {
  local command='' word previous=\${words[CURRENT-1]} takes=none
  local -a given next options values choices files
  given=("\${(@)words[2,CURRENT-1]}")
  if [[ \${words[1]:t} == llm-batch ]]; then
    case "\${given[1]}" in
      (${first.join('|')}) ;;
      (*) given=(batch "\${(@)given}") ;;
    esac
  fi
  for word in "\${(@)given}"; do
    case "\${command:+$command }$word" in
      (${places.join('|')}) command="\${command:+$command }$word" ;;
      (*) break ;;
    esac
  done
  case "$command" in
${nodes.map(caseOf).join('\n')}
  esac
  if (( \${files[(Ie)$previous]} )); then
    _files
  elif (( $#choices )); then
    compadd -a choices
  elif (( \${values[(Ie)$previous]} )); then
    _message 'value'
  elif [[ $PREFIX == -* ]]; then
    _describe -o 'option' options
  else
    (( $#next )) && _describe 'command' next
    [[ $takes == file ]] && _files
  fi
}
if [[ $funcstack[1] == _llm ]]; then
  _llm "$@"
else
  compdef _llm llm llm-batch
fi
`
}

function caseOf({ words, next, options, takesFile }: CommandNode): string {
  const described = (name: string, about: string) =>
    quoted(`${name}:${about.replaceAll(':', '\\:')}`)
  return `    ('${words}')
      options=(${options.map(({ long, about }) => described(long, about)).join(' ')})
      values=(${optionNames(options, 'text')})
      files=(${optionNames(options, 'file')})
      next=(${next.map(({ word, about }) => described(word, about)).join(' ')})
      takes=${takesFile ? 'file' : 'none'}${choiceCases(options, choiceCase)}
      ;;`
}

function choiceCase(names: string, choices: string): string {
  return `(${names}) choices=(${choices}) ;;`
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}
