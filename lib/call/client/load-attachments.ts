import type { AttachmentStore } from '../../port/attachment-store.js'
import type { BegunCall, ModelClient } from '../../port/model-client.js'
import type { Attachment } from '../../row/attachment.js'
import type { Prompt } from '../../row/prompt.js'
import { beginCall } from './begin-call.js'

type Client = Pick<ModelClient, 'ask' | 'begin'>

/**
 * A client whose calls load the attachments of their prompt first. Loading does not count as the
 * model's time. Prompts without attachments go straight to the client.
 *
 * @param load absent if no prompt has attachments.
 */
export function loadAttachments<Given extends Client>(
  client: Given,
  load: AttachmentStore['load'] | undefined,
): Given {
  if (load === undefined) return client
  const begin = beginCall(client)
  return {
    ...client,
    async ask(prompt, signal) {
      return client.ask(await loaded(prompt, load), signal)
    },
    begin(prompt, listener) {
      if (prompt.attachments === undefined) return begin(prompt, listener)
      let isBroken = false
      let call: BegunCall | undefined
      listener.held?.()
      loaded(prompt, load)
        .then(whole => {
          if (isBroken) return
          listener.goesOn?.()
          call = begin(whole, listener)
        })
        .catch(error => isBroken || listener.failed(error))
      return {
        breakOff(reason) {
          isBroken = true
          call?.breakOff(reason)
        },
      }
    },
  }
}

async function loaded(prompt: Prompt, load: AttachmentStore['load']): Promise<Prompt> {
  if (prompt.attachments === undefined) return prompt
  const attachments = await Promise.all(prompt.attachments.map(one => withContent(one, load)))
  return { ...prompt, attachments }
}

async function withContent(
  attachment: Attachment,
  load: AttachmentStore['load'],
): Promise<Attachment> {
  if (attachment.loadedBytes === 0) return attachment
  return { ...attachment, content: await load(attachment) }
}
