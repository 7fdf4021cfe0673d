const whole = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** A number of people, in full; an en dash where it is hidden or was never reported. */
export const countText = (count: number | null | undefined) =>
  count === null || count === undefined ? '–' : whole.format(count);
/** `12.4K`, for where there is little room. */
export const shortCountText = (count: number | null) => (count === null ? '–' : compact.format(count));
