import type { DebugEvent } from '../sdk';

/** A line of the drawer: what came or went, of which view, from which frame to which, and what it brought. */
export interface FrameLine {
  what: string;
  view: string;
  chain: string;
  brings: string;
  bytes: string;
  tone: 'calm' | 'good' | 'warn';
}

const NOTHING: FrameLine = { what: '', view: '', chain: '', brings: '', bytes: '', tone: 'calm' };
const SHOWN_OF_VIEW = 6;
const viewText = (view: string) => view.slice(0, SHOWN_OF_VIEW);

export function frameLine(event: DebugEvent): FrameLine {
  switch (event.type) {
    case 'frame': {
      const { view, frame, prev } = event.frame;
      const chain =
        frame === undefined ? '' : prev === undefined ? String(frame) : `${prev ?? 'what was held'} → ${frame}`;
      const tone = event.outcome === 'gap' ? 'warn' : 'calm';
      const brings = event.outcome === 'applied' ? bringsText(event.frame) : event.outcome;
      return { what: event.event, view: viewText(view), chain, brings, bytes: String(event.bytes), tone };
    }
    case 'request':
      return { ...NOTHING, what: `${event.event} ↑` };
    case 'ack':
      return {
        ...NOTHING,
        what: `${event.event} ✓`,
        brings: `${event.answer.ok ? '' : event.answer.code} in ${event.tookMs.toFixed(0)} ms`,
      };
    case 'gap':
      return { ...NOTHING, what: 'gap', view: viewText(event.view), chain: `${event.held} → ?`, tone: 'warn' };
    case 'repair':
      return {
        ...NOTHING,
        what: 'repair',
        view: viewText(event.view),
        chain: String(event.frame),
        brings: `in ${event.tookMs.toFixed(0)} ms`,
        tone: 'good',
      };
    case 'status':
      return {
        ...NOTHING,
        what: event.status.state,
        brings: event.status.detail ?? '',
        tone: event.status.state === 'connected' ? 'good' : 'calm',
      };
    default:
      return { ...NOTHING, what: event.type };
  }
}

function bringsText(frame: object): string {
  const { sessions, upserts, removes, counts } = frame as Record<
    'sessions' | 'upserts' | 'removes' | 'counts',
    unknown[] | undefined
  >;
  const parts = [
    [sessions, 'sessions'],
    [upserts, 'changed'],
    [counts, 'counts'],
    [removes, 'left'],
  ] as const;
  return parts.flatMap(([items, name]) => (items && items.length > 0 ? [`${items.length} ${name}`] : [])).join(', ');
}
