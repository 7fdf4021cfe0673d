import { type ConnectionState, type ListState, type LiveUpdate, Marquee } from '#libs/client';
import { Rows } from './rows';

const SHOWN = 100;
const TICK_MS = 1000;

const STATES = {
  connecting: 'Connecting',
  live: 'Live',
  stale: 'Not up to date',
  refused: 'Refused',
  closed: 'Closed',
  disconnected: 'Disconnected, trying again',
};

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (!found) throw new Error(`the page has no #${id}`);
  return found;
}

/** What the page says of itself: the connection first, then the list. */
function stateOf(connection: ConnectionState, list: ListState, wasConnected: boolean): keyof typeof STATES {
  if (connection !== 'connected') return wasConnected ? 'disconnected' : 'connecting';
  return list === 'loading' ? 'connecting' : list;
}

async function main(): Promise<void> {
  const answer = await fetch('/board-config.json');
  const config = (await answer.json()) as { gateway_url: string; now: number };
  // Times on air are counted by the server's clock: the browser's may be wrong.
  const offsetMs = config.now - Date.now();
  const now = () => Date.now() + offsetMs;
  const rows = new Rows(element('rows'));
  const marquee = new Marquee({ gateway: config.gateway_url });
  let wasConnected = false;
  let list: ListState = 'loading';

  const showState = () => {
    const state = stateOf(marquee.state, list, wasConnected);
    const connection = element('connection');
    connection.dataset['state'] = state;
    connection.textContent = STATES[state];
    element('list').classList.toggle('old', state === 'disconnected' || state === 'stale');
  };
  const show = (update: LiveUpdate) => {
    list = update.state;
    showState();
    if (update.state === 'loading') return;
    rows.show(update.sessions, now());
    const count = update.sessions.length;
    element('total').textContent = new Intl.NumberFormat().format(update.total);
    element('total-means').textContent = count < update.total ? `live now, the ${count} most watched here` : 'live now';
    element('list').setAttribute('aria-busy', 'false');
    element('list').hidden = count === 0;
    element('nothing').hidden = count > 0;
  };

  marquee.live({ status: 'live', sort: 'viewer_count', limit: SHOWN }, show);
  marquee.onState((state) => {
    wasConnected ||= state === 'connected';
    showState();
  });
  setInterval(() => rows.tick(now()), TICK_MS);
}

void main();
