/** A count as pushed lists show it: exact below 1 000, three significant digits above, rounded down. */
export function shownCount(count: number): number {
  if (count < 1000) return count;
  const unit = 10 ** (Math.floor(Math.log10(count)) - 2);
  return Math.floor(count / unit) * unit;
}
