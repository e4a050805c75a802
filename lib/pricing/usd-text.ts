/**
 * US dollars for messages, exact enough to tell a sum from its cap: `$5.00`, `$4.9912`, `$0.00425`.
 */
export function usdText(usd: number): string {
  const isSmall = usd > 0 && usd < 0.1
  const digits = isSmall
    ? { minimumSignificantDigits: 1, maximumSignificantDigits: 3 }
    : { minimumFractionDigits: 2, maximumFractionDigits: 4 }
  return usd.toLocaleString('en-US', { style: 'currency', currency: 'USD', ...digits })
}
