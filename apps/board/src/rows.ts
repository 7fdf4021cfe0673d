import type { Card } from '#libs/client';
import { onAir } from './on-air';

interface Row {
  element: HTMLTableRowElement;
  texts: Record<'title' | 'health' | 'host' | 'room' | 'onAir' | 'viewers', HTMLElement>;
  startedAt: string | null;
}

const viewers = new Intl.NumberFormat();

/** The rows of the list, keyed by session. Whatever a card says is written as text, and only where it changed. */
export class Rows {
  private readonly rows = new Map<string, Row>();

  constructor(private readonly body: HTMLElement) {}

  /** Shows exactly these cards in this order. Rows that stay are kept, and moved only where the order changed. */
  show(cards: readonly Card[], nowMs: number): void {
    const ids = new Set(cards.map(({ id }) => id));
    for (const [id, { element }] of this.rows) {
      if (ids.has(id)) continue;
      element.remove();
      this.rows.delete(id);
    }
    let place = this.body.firstElementChild;
    for (const card of cards) {
      const row = this.rowOf(card.id);
      if (row.element === place) place = place.nextElementSibling;
      else this.body.insertBefore(row.element, place);
      fill(row, card, nowMs);
    }
  }

  tick(nowMs: number): void {
    for (const { texts, startedAt } of this.rows.values()) write(texts.onAir, onAir(startedAt, nowMs));
  }

  private rowOf(id: string): Row {
    const known = this.rows.get(id);
    if (known) return known;
    const row = emptyRow();
    this.rows.set(id, row);
    return row;
  }
}

function emptyRow(): Row {
  const element = document.createElement('tr');
  const cell = (name: string) => {
    const made = element.insertCell();
    made.className = name;
    return made;
  };
  const line = (parent: HTMLElement, name: string) => {
    const made = document.createElement('span');
    made.className = name;
    parent.append(made);
    return made;
  };
  const [title, host, onAirCell, count] = [cell('title'), cell('host'), cell('on-air'), cell('viewers')];
  const texts = {
    title: line(title, 'name'),
    health: line(title, 'health'),
    host: line(host, 'name'),
    room: line(host, 'room'),
    onAir: onAirCell,
    viewers: count,
  };
  return { element, texts, startedAt: null };
}

function fill(row: Row, card: Card, nowMs: number): void {
  row.startedAt = card.started_at;
  write(row.texts.title, card.title ?? 'Untitled');
  write(row.texts.health, card.health === 'reconnecting' ? 'Reconnecting' : '');
  write(row.texts.host, card.host_username ?? '–');
  write(row.texts.room, card.room_title ?? '');
  write(row.texts.onAir, onAir(card.started_at, nowMs));
  write(row.texts.viewers, card.viewer_count === null ? '–' : viewers.format(card.viewer_count));
}

function write(element: HTMLElement, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}
