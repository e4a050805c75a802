/** What we call ourselves to servers; the version is package.json's, which a spec holds it to. */
export const userAgent = 'llm-batch/0.1.0'
