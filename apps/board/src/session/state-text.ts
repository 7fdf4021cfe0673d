import type { RestSession } from '../sdk';
import { clockText, momentText } from '../time/clock-text';

/** In a sentence, what a session is, and why. */
export function stateText(session: RestSession): string {
  const { status, health, started_at, ended_at, scheduled_start_time, end_reason } = session;
  switch (status) {
    case 'live':
      if (health === 'reconnecting')
        return 'It has not signalled for longer than it promised. It ends as lost unless it signals again.';
      return `On air since ${at(started_at)}${health === 'ok' ? ', and signalling as it promised' : ''}.`;
    case 'scheduled':
      return `It is to start at ${at(scheduled_start_time)}, and is listed as live as soon as its start is said.`;
    case 'expired':
      return `It was to start at ${at(scheduled_start_time)}, and nobody said that it did.`;
    default:
      return `It ended at ${at(ended_at)}${becauseOf(end_reason)}.`;
  }
}

function becauseOf(reason: string | null): string {
  switch (reason) {
    case null:
      return '';
    case 'lost':
      return ': its signals stopped, and it did not come back';
    case 'timeout':
      return ': nothing was heard of it for too long';
    case 'superseded':
      return ': another session started in its room';
    default:
      return `: ${reason}`;
  }
}

function at(time: string | null): string {
  if (time === null) return 'a time that was not said';
  return Date.now() - Date.parse(time) < 12 * 3_600_000 && Date.parse(time) - Date.now() < 12 * 3_600_000
    ? clockText(time)
    : momentText(time);
}
