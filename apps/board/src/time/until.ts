const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long until a time, for a person: `in 40 s`, `in 12 min`, `in 3 h 20 min`, `in 2 days`; `due` once it has passed. */
export function untilText(at: string, nowSeconds: number): string {
  const left = Math.ceil(Date.parse(at) / 1000 - nowSeconds);
  if (left <= 0) return 'due';
  if (left < MINUTE) return `in ${left} s`;
  if (left < HOUR) return `in ${Math.round(left / MINUTE)} min`;
  if (left < DAY) return `in ${hoursText(left)}`;
  const days = Math.round(left / DAY);
  return days === 1 ? 'in 1 day' : `in ${days} days`;
}

/** `3 h 20 min`; whole hours from half a day on. */
function hoursText(seconds: number): string {
  const minutes = Math.floor((seconds % HOUR) / MINUTE);
  if (seconds >= DAY / 2) return `${Math.round(seconds / HOUR)} h`;
  return minutes === 0 ? `${Math.floor(seconds / HOUR)} h` : `${Math.floor(seconds / HOUR)} h ${minutes} min`;
}

/** How long ago, short: `40 s`, `12 min`, `3 h`, `2 d`. */
export function agoText(at: string | number, nowSeconds: number): string {
  const gone = Math.max(0, Math.floor(nowSeconds - new Date(at).getTime() / 1000));
  if (gone < MINUTE) return `${gone} s`;
  if (gone < HOUR) return `${Math.floor(gone / MINUTE)} min`;
  if (gone < DAY) return `${Math.floor(gone / HOUR)} h`;
  return `${Math.floor(gone / DAY)} d`;
}
