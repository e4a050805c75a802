import { storedTool } from '../../../lib/store/llm-log/stored-tool.js'

// Each hash was made by Python llm 0.36.
describe('storedTool', () => {
  it.each([
    [
      'with a plugin',
      {
        name: 'llm_version',
        description: 'Return the installed version of llm',
        inputSchema: { properties: {}, type: 'object' },
        plugin: 'llm.default_plugins.default_tools',
      },
      '0b74aaa30fdc791cd960bf5adbdd3dffe7f160a781b7546cdbe7fdebd1e78351',
      '{"properties": {}, "type": "object"}',
    ],
    [
      'with fractions and other letters',
      {
        name: 'näme',
        description: 'Adds\n2 numbers, ünï',
        inputSchema: {
          type: 'object',
          properties: {
            a: { type: 'number', minimum: 0.5, maximum: 1e-7 },
            b: { enum: [1, 2, null] },
          },
          required: ['a'],
        },
      },
      'd7ae8d133a9b9841b465dea07dd5a271e621080e23b750f2c65d5da66f18ab6f',
      '{"type": "object", "properties": {"a": {"type": "number", "minimum": 0.5, "maximum": 1e-07}, "b": {"enum": [1, 2, null]}}, "required": ["a"]}',
    ],
    [
      'without a description',
      { name: 'none', description: '', inputSchema: { type: 'object' } },
      '8d7c7417cd3f093ba2793092accb699f33a62ccc326c89432c8011151767c174',
      '{"type": "object"}',
    ],
  ])('hashes a tool %s as llm does', (_, spec, hash, inputSchema) => {
    expect(storedTool(spec)).toMatchObject({ hash, inputSchema })
  })
})
