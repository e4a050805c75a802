import { type BatchFlag, flag } from './flag.js'
import { atLeast } from './read-value.js'

export const modelFlags: readonly BatchFlag[] = [
  flag('-m, --model NAME', 'id or alias of the model; see llm models'),
  flag(
    '-o, --option KEY VALUE',
    'option of the model, such as -o temperature 0.2; may be repeated',
    { option: 'options', pairExample: 'temperature 0.2' },
  ),
  flag('--schema SCHEMA', "form of answers: 'name, age int', JSON, a file, an id, t:TEMPLATE"),
  flag('--schema-multi SCHEMA', 'the same, for a list of such objects in each answer'),
  flag('--key KEY', 'name of a stored key, or the key itself'),
  flag('--accept-truncated', 'accept answers that were cut by their length limit'),
  flag('--strip-thinking', 'leave a leading <think>…</think> out of the answer'),
  flag('--max-reply MB', 'refuse longer replies of the model (default 64)', {
    option: 'maxReplyMb',
    read: atLeast(1),
  }),
]
