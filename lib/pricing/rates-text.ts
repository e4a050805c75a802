import type { TokenRate, TokenRates } from './token-rates.js'

/** The rates of a model for people: `$0.15 input, $0.60 output per million tokens`. */
export function ratesText({ input, cachedInput, output }: TokenRates): string {
  const cached = cachedInput === undefined ? [] : [`${rateText(cachedInput)} cached input`]
  const rates = [`${rateText(input)} input`, ...cached, `${rateText(output)} output`]
  const isTiered = typeof input !== 'number' || typeof output !== 'number'
  return `${rates.join(', ')} per million tokens${isTiered ? ', more for long inputs' : ''}`
}

function rateText(rate: TokenRate): string {
  const usd = typeof rate === 'number' ? rate : rate.base
  const cents = usd.toFixed(2)
  return `$${Number(cents) === usd ? cents : usd}`
}
