/** The 95 % quantile of the standard normal distribution, two-sided. */
const Z = 1.959963984540054

/**
 * The 95 % score interval for a share of `hits` in `trials`. It stays within 0 and 1 and is honest near both ends, where the usual interval
 * is not. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22(158), 1927.
 */
export const wilsonInterval = (hits: number, trials: number): readonly [number, number] => {
  if (trials === 0) return [0, 1]
  const share = hits / trials
  const z2 = Z * Z
  const centre = (share + z2 / (2 * trials)) / (1 + z2 / trials)
  const half = (Z * Math.sqrt((share * (1 - share)) / trials + z2 / (4 * trials * trials))) / (1 + z2 / trials)
  return [Math.max(0, centre - half), Math.min(1, centre + half)]
}
