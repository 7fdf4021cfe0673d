import { Marquee } from '../sdk';

interface Settings {
  gateway_url: string;
}

const clients = new Map<string, Promise<Marquee>>();

/** The client of a Marquee, one for all elements of a page. `api`: the origin of its query service. */
export function clientOf(api: string): Promise<Marquee> {
  const known = clients.get(api);
  if (known) return known;
  const made = make(api);
  clients.set(api, made);
  made.catch(() => clients.delete(api));
  return made;
}

async function make(api: string): Promise<Marquee> {
  const answer = await fetch(new URL('/board-config.json', api));
  if (!answer.ok) throw new Error(`${api}/board-config.json was answered with ${answer.status}`);
  const { gateway_url: gateway } = (await answer.json()) as Settings;
  return new Marquee({ gateway, api });
}

/** Where this script came from: an element that names no `api` asks there. */
export const OWN_ORIGIN = new URL(import.meta.url).origin;
