const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long until a time, for a person: `in 40 s`, `in 12 min`, `in 3 h 20 min`, `in 2 days`; `due` once it has passed. */
export function untilText(at: string, nowSeconds: number): string {
  const left = Math.ceil(Date.parse(at) / 1000 - nowSeconds);
  if (left <= 0) return 'due';
  if (left < MINUTE) return `in ${left} s`;
  if (left < HOUR) return `in ${Math.round(left / MINUTE)} min`;
  if (left < DAY) return `in ${Math.floor(left / HOUR)} h ${Math.floor((left % HOUR) / MINUTE)} min`;
  const days = Math.round(left / DAY);
  return days === 1 ? 'in 1 day' : `in ${days} days`;
}

/** How long ago, short: `40 s`, `12 min`, `3 h`, `2 d`. */
export function agoText(at: string | number, nowSeconds: number): string {
  const gone = Math.max(0, Math.floor(nowSeconds - new Date(at).getTime() / 1000));
  if (gone < MINUTE) return `${gone} s`;
  if (gone < HOUR) return `${Math.floor(gone / MINUTE)} min`;
  if (gone < DAY) return `${Math.floor(gone / HOUR)} h`;
  return `${Math.floor(gone / DAY)} d`;
}
