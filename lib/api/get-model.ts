import { openHome } from '../home/open-home.js'
import { type Surroundings, thisProcess } from '../host/surroundings.js'
import { findModel } from '../plan/model/choose-model.js'
import { type Model, makeModel, partsOf } from './model.js'

export interface GetModelOptions {
  /** Name of a stored key, or a key. If absent, found as llm finds it. */
  readonly key?: string | undefined
  /** Options of the model by llm's names, such as `{ temperature: 0.2 }`; none if absent. */
  readonly options?: Readonly<Record<string, string | number | boolean>> | undefined
  /** What is used of the process and the machine; this process if absent. */
  readonly surroundings?: Surroundings | undefined
}

/**
 * Finds a model by id, alias or `provider/name`, as `--model` does. Its key is found too, so that a
 * missing one is reported now, not at the first prompt.
 *
 * @throws {BatchError} MODEL_UNKNOWN, MODEL_OPTION_INVALID, KEY_MISSING; reach run.
 * @example
 *     const model = await getModel('echo')
 *     for await (const [, response] of batchProcess(model, ['Hello'])) console.log(response.text())
 */
export async function getModel(name: string, given: GetModelOptions = {}): Promise<Model> {
  const { key, surroundings = thisProcess(), options: givenOptions = {} } = given
  const reference = await findModel(name, openHome(surroundings))
  const model = makeModel({ name, reference, key, givenOptions, surroundings })
  await (await partsOf(model).open(1)).close()
  return model
}
