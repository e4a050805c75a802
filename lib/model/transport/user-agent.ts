/** Our name for servers, with the version of package.json (checked by a spec). */
export const userAgent = 'llm-batch/0.1.0'
