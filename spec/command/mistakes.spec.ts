import type { CommandResult } from '../support/run-command.js'
import { useCommand } from '../support/use-command.js'

describe('a mistake of the user', () => {
  const bench = useCommand()
  beforeEach(async () => {
    await bench.workdir.write('in.txt', 'a\n')
    await bench.workdir.write('folder/in.txt', 'a\n')
    await bench.workdir.write('gone/x', '')
  })

  const batch = 'llm batch in.txt --model echo'

  async function expectRefused({ exitCode, stdout, stderr }: CommandResult): Promise<void> {
    expect({ exitCode, stdout, stderr }).toMatchObject({ exitCode: 2, stdout: '' })
    expect(stderr).toMatch(/^Error: \S/)
    expect(stderr).not.toMatch(/defect|pass|^\s+at /m)
    expect(bench.server.requestCount()).toBe(0)
  }

  it.each([
    ['a batch', 'llm batch $OLDPWD/in.txt -m echo --output o.csv'],
    ['keys', 'LLM_USER_PATH=u llm keys set a --value b'],
    ['a database', 'llm batch $OLDPWD/in.txt -m echo -d x.db'],
  ])(
    'is said in words and exits 2, without a call: a folder that was removed, and %s',
    async (_what, command) => {
      await expectRefused(await bench.shell(`cd gone && rm -r ../gone && ${command}`))
    },
  )

  it.each([
    ['a user folder that is a file', 'LLM_USER_PATH=in.txt llm keys set a --value b'],
    ['a default in such a one', 'LLM_USER_PATH=in.txt llm models default gpt-4o'],
    ['a batch in such a one', `LLM_USER_PATH=in.txt ${batch}`],
    ['a user folder where none can be', 'LLM_USER_PATH=/proc/none llm keys set a --value b'],
    ['models where none can be', 'LLM_MODELS_PATH=in.txt/x llm models pull smollm2'],
    ['a mirror that is no URL', 'HF_ENDPOINT=nonsense llm models pull smollm2'],
    ['a proxy that is no URL', `HTTPS_PROXY=nonsense llm batch in.txt -m gpt-4o`],
    [
      'a proxy with a bad escape',
      `HTTPS_PROXY=http://user:100%@host:80 llm batch in.txt -m gpt-4o`,
    ],
    ['a host that is not known', `OPENAI_BASE_URL=http://h.invalid/v1 llm batch in.txt -m gpt-4o`],
    ['no endpoint of Azure', `AZURE_OPENAI_API_KEY=k llm batch in.txt -m azure/gpt`],
    ['a config that is a folder', `LLM_BATCH_CONFIG=folder ${batch}`],
    ['an input that is a folder', 'llm batch folder -m echo'],
    ['a database that is a folder', `${batch} -d folder`],
    ['an output that is a folder', `${batch} --output folder --format csv`],
    ['an output below a file', `${batch} --output in.txt/o.csv`],
    ['a model that is a folder', 'llm batch in.txt -m gguf:folder'],
    ['a name for such a one', 'llm models add x folder'],
  ])('is said in words and exits 2, without a call: %s', async (_what, command) => {
    const [variable = '', words = ''] = command.split('llm ')
    const [name = '', value = ''] = variable.trimEnd().split('=')
    const env = name === '' ? {} : { [name]: value }

    await expectRefused(await bench.inProcess(words.split(' '), { env }))
  })
})
