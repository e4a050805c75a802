import { errorText } from '../../../lib/cli/text/error-text.js'
import { BatchError } from '../../../lib/error/batch-error.js'

const plain = {}

describe('errorText', () => {
  it('says what, then what to do, and no stack', () => {
    const error = new BatchError('Input file not found: x', {
      code: 'INPUT_NOT_FOUND',
      reach: 'run',
      remedy: 'Check\nthe path.',
    })
    expect(errorText(error, plain)).toBe('Error: Input file not found: x\nCheck the path.\n')
  })

  it('leaves out a remedy that there is not', () => {
    const error = new BatchError('No\u001b[31m', { code: 'RUN_STOPPED', reach: 'run' })
    expect(errorText(error, plain)).toBe('Error: No\n')
  })

  it('does not call a defect what the system refused', () => {
    const refused = Object.assign(new Error('EACCES: permission denied'), {
      ...{ code: 'EACCES', syscall: 'open' },
    })
    expect(errorText(refused, plain)).toBe('Error: EACCES: permission denied\n')
    const gone = Object.assign(new Error('ENOENT'), { code: 'ENOENT', syscall: 'uv_cwd' })
    expect(errorText(gone, plain)).toContain('The folder you are in was removed')
  })

  it('says of a defect how to see where it is', () => {
    expect(errorText(new TypeError('x is not a function'), plain)).toBe(
      'Error: x is not a function\nThis is a defect in llm batch. Please report it with the stack that LLM_RAISE_ERRORS=1 in the environment shows.\n',
    )
    expect(errorText(new RangeError(''), plain)).toMatch(/^Error: RangeError\n/)
    expect(errorText('thrown text', plain)).toMatch(/^Error: thrown text\n/)
    expect(errorText(undefined, plain)).toMatch(/^Error: undefined\n/)
  })

  it('shows on request the stacks of an error and its causes, but nothing else that they hold', () => {
    const cause = Object.assign(new Error('refused'), { headers: { authorization: 'sk-secret' } })
    Object.assign(cause, { cause })
    const error = new BatchError('Cannot connect', {
      code: 'CONNECTION_FAILED',
      reach: 'run',
      cause,
    })
    const text = errorText(error, { LLM_RAISE_ERRORS: '1' })
    expect(text).toMatch(/^Error: Cannot connect\nBatchError: Cannot connect\n {4}at /)
    expect(text).toMatch(/\nCaused by: Error: refused\n {4}at /)
    expect(text).not.toContain('sk-secret')
  })
})
