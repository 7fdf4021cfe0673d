import type { Card, LiveUpdate, Marquee, ViewQueryInput } from '../sdk';
import { countText } from '../live/count-text';
import { titleText } from '../live/title-text';
import { type Following, LiveElement } from './live-element';
import { LIST_STYLES } from './styles';

const ATTRIBUTES = ['status', 'mode', 'room-id', 'host-id', 'library-id', 'q', 'sort', 'order'] as const;
const DEFAULT_LIMIT = 5;

/**
 * `<marquee-live status="live" sort="viewer_count" limit="5" href="https://example.com/watch/{id}">`: a list that is kept
 * live. Its attributes are the filters of REST; without `href` rows lead to the board.
 */
export class MarqueeLive extends LiveElement {
  static readonly observedAttributes = [...ATTRIBUTES, 'min-viewers', 'limit', 'href', 'api'];
  private readonly list = document.createElement('ol');
  private readonly none = document.createElement('p');

  constructor() {
    super(LIST_STYLES);
    this.list.part.add('list');
    this.none.part.add('empty');
    this.none.hidden = true;
    this.root.append(this.list, this.none);
  }

  protected follow(client: Marquee, told: (update: LiveUpdate) => void): Following {
    return client.live(this.query(), told);
  }

  protected show(update: LiveUpdate): void {
    const { sessions, state } = update;
    this.none.hidden = sessions.length > 0 || state === 'loading';
    this.none.textContent = state === 'refused' ? refusalText(update) : 'Nothing is on air.';
    const rows = new Map(
      [...this.list.children].map((row) => [(row as HTMLElement).dataset['id'], row as HTMLElement]),
    );
    const shown = sessions.map((card) => fill(rows.get(card.id) ?? emptyRow(card.id), card, this.linkTo(card.id)));
    for (const [place, row] of shown.entries()) {
      const there = this.list.children[place];
      if (there !== row) this.list.insertBefore(row, there ?? null);
    }
    while (this.list.children.length > shown.length) this.list.lastElementChild?.remove();
  }

  private query(): ViewQueryInput {
    const pairs = ATTRIBUTES.flatMap((name) => {
      const value = this.getAttribute(name);
      if (!value) return [];
      const isList = name !== 'q' && name !== 'sort' && name !== 'order';
      return [[name.replace('-', '_'), isList ? value.split(',') : value]];
    });
    const least = this.getAttribute('min-viewers');
    const limit = numberOf(this.getAttribute('limit') ?? `${DEFAULT_LIMIT}`);
    const query = { sort: 'viewer_count', ...(Object.fromEntries(pairs) as ViewQueryInput), limit } as ViewQueryInput;
    return least === null ? query : { ...query, min_viewers: numberOf(least) };
  }

  private linkTo(id: string): string {
    const pattern =
      this.getAttribute('href') ?? `${this.getAttribute('api') ?? new URL(import.meta.url).origin}/s/{id}`;
    return pattern.replace('{id}', id);
  }
}

/** What is no number is left as it is: what is wrong with it, the gateway says. */
function numberOf(text: string): number {
  return /^\d{1,9}$/.test(text) ? Number(text) : (text as unknown as number);
}

/** For the author of the page: which attribute is wrong. */
function refusalText({ final, error }: LiveUpdate & { state: 'refused' }): string {
  if (!final) return 'This list is not there at the moment.';
  const named = error.replace(/^query\.(\w+)(?:\.\d+)?/, (_, name: string) => name.replaceAll('_', '-'));
  return `This list cannot be shown: ${named}.`;
}

function emptyRow(id: string): HTMLElement {
  const row = document.createElement('li');
  row.dataset['id'] = id;
  row.part.add('row');
  const link = document.createElement('a');
  for (const name of ['title', 'host', 'count']) {
    const text = document.createElement('span');
    text.className = name;
    text.part.add(name);
    link.append(text);
  }
  row.append(link);
  return row;
}

function fill(row: HTMLElement, card: Card, href: string): HTMLElement {
  const link = row.firstElementChild as HTMLAnchorElement;
  if (link.getAttribute('href') !== href) link.href = href;
  const texts = [titleText(card.title), card.host_username ?? '', countText(card.viewer_count)];
  for (const [place, text] of texts.entries()) {
    const span = link.children[place];
    if (span && span.textContent !== text) span.textContent = text;
  }
  return row;
}
