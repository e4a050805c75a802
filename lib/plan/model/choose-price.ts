import type { ResolvedBatchOptions } from '../../config/batch-options.js'
import { BatchError, runError } from '../../error/batch-error.js'
import type { Home } from '../../home/open-home.js'
import { readModelNames } from '../../home/read-model-names.js'
import type { ModelReference } from '../../model/catalog/model-reference.js'
import { pricePlace } from '../../model/catalog/price-place.js'
import { resolveModel } from '../../model/catalog/resolve-model.js'
import type { Clock } from '../../port/clock.js'
import type { ModelNames } from '../../port/model-names.js'
import type { ModelPrice } from '../../pricing/model-price.js'
import { priceModel, type StatedPrice } from '../../pricing/price-model.js'
import type { ChosenModel } from './choose-model.js'

/**
 * The price of the model of a batch.
 *
 * @throws {BatchError} MODEL_UNKNOWN if a price is stated for a model that does not exist: the
 * misspelt price would silently not count. Reach run.
 */
export async function choosePrice(
  { prices }: Pick<ResolvedBatchOptions, 'prices'>,
  { reference, modelOptions }: Pick<ChosenModel, 'reference' | 'modelOptions'>,
  home: Home,
  clock: Pick<Clock, 'nowMs'>,
): Promise<ModelPrice> {
  const isStated = Object.keys(prices).length > 0
  return priceModel({
    modelId: reference.id,
    stated: isStated ? statedFor(prices, reference, await readModelNames(home)) : undefined,
    place: pricePlace(reference, { environment: home.environment, modelOptions }),
    nowMs: clock.nowMs,
  })
}

/** The price stated for a model under any of its names. A name that the user typed comes first. */
function statedFor(
  prices: ResolvedBatchOptions['prices'],
  { name, id, apiName }: ModelReference,
  names: ModelNames,
): StatedPrice | undefined {
  const known = [name, id, apiName]
  const ofModel = Object.keys(prices).filter(key => known.includes(key) || idOf(key, names) === id)
  const own = known.find(one => Object.hasOwn(prices, one))
  const key = own ?? ofModel[0]
  return key === undefined ? undefined : prices[key]
}

/** The id that a name in `prices` means; undefined for a server's own name of a user's model. */
function idOf(name: string, names: ModelNames): string | undefined {
  if (names.extraModels.some(({ model_name }) => model_name === name)) return undefined
  try {
    return resolveModel(name, names).id
  } catch (error) {
    if (!BatchError.isInstance(error) || error.code !== 'MODEL_UNKNOWN') throw error
    const message = `A price is stated for an unknown model: ${name}`
    throw runError('MODEL_UNKNOWN', message, error.remedy, error)
  }
}
