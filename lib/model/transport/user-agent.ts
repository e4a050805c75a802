/** Our name in requests. The version is that of package.json; a spec checks it. */
export const userAgent = 'llm-batch/0.1.0'
