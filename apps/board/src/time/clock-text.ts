const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const clockWithSeconds = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const dayAndClock = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  hourCycle: 'h23',
});

/** `12:04`. Epoch ms or RFC 3339. */
export const clockText = (at: number | string) => clock.format(new Date(at));
/** `12:04:10`. */
export const preciseClockText = (at: number | string) => clockWithSeconds.format(new Date(at));
/** `29 Nov, 12:04`. */
export const momentText = (at: number | string) => dayAndClock.format(new Date(at));
