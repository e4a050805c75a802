import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { type BatchError, runError } from '../error/batch-error.js'
import { type Extra, type ExtraName, extras } from './extra-list.js'
import { importerName, installedFolder, ownFolder } from './find-extra.js'

/**
 * Imports a module of an extra: from our own `node_modules` if the package is there in a version
 * that fits, else from the extras of the user folder.
 *
 *     const { SaxesParser } = await loadExtra<typeof import('saxes')>('xlsx', 'saxes')
 *
 * @param specifier the name of a package of the extra, or a module in it, such as
 * `@modelcontextprotocol/sdk/client/index.js`.
 * @throws {BatchError} DEPENDENCY_MISSING, reach run, if the package is not installed, with the
 * command that installs it; or if the package does not work here.
 */
export async function loadExtra<T>(extra: ExtraName, specifier: string): Promise<T> {
  const importer = await importerOf(extra, specifier)
  try {
    if (importer === undefined) return await import(specifier)
    const { importPackage } = await import(importer)
    return await importPackage(specifier)
  } catch (cause) {
    throw extraFault(extra, specifier, cause)
  }
}

/**
 * For another process that imports a module of an extra: the URL of the module whose
 * `importPackage` imports it. Undefined if the package is in our own `node_modules`, or nowhere.
 */
export async function importerOf(extra: ExtraName, specifier: string): Promise<string | undefined> {
  const name = packageOf(specifier)
  const { packages }: Extra = extras[extra]
  if ((await ownFolder(name, packages[name])) !== undefined) return undefined
  const folder = await installedFolder(extra)
  return folder && pathToFileURL(join(folder, importerName)).href
}

/** The error of an extra whose import threw `cause`: it is missing, or does not work here. */
export function extraFault(extra: ExtraName, specifier: string, cause: unknown): BatchError {
  const name = packageOf(specifier)
  return isMissing(cause, name)
    ? extraMissing(extra, name, cause)
    : extraUnusable(extra, name, cause)
}

/** The package is there and does not work on this machine. */
export function extraUnusable(extra: ExtraName, packageName: string, cause: unknown): BatchError {
  return runError(
    'DEPENDENCY_MISSING',
    `The package ${packageName} cannot be used here: ${reasonOf(cause)}`,
    `See where it is installed with: llm extras list. Remove it there, and install it with: ${installCommand(extra)}`,
    cause,
  )
}

function extraMissing(extra: ExtraName, packageName: string, cause: unknown): BatchError {
  return runError(
    'DEPENDENCY_MISSING',
    `The package ${packageName} is not installed. It is needed for ${extras[extra].purpose}.`,
    `Install it with: ${installCommand(extra)}`,
    cause,
  )
}

function installCommand(extra: ExtraName): string {
  return `llm extras install ${extra}`
}

/** `@scope/name/file.js` → `@scope/name` */
function packageOf(specifier: string): string {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}

/** Whether the package itself is missing, and not a package that it needs. */
function isMissing(error: unknown, packageName: string): boolean {
  const { code, message = '' } = (error ?? {}) as NodeJS.ErrnoException
  const isAbsence = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND'
  return isAbsence && message.split(/['"]/).some(quoted => packageOf(quoted) === packageName)
}

function reasonOf(error: unknown): string {
  const { message } = (error ?? {}) as { readonly message?: unknown }
  return typeof message === 'string' ? (message.split('\n')[0] ?? '') : String(error)
}
