/** What the page must know before it can ask: where the services are, and what time it is there. */
export interface Settings {
  gateway: string;
  /** Of the service that takes events, for those who may send. */
  events: string;
}

interface SettingsAnswer {
  gateway_url: string;
  events_url: string;
  now: number;
}

let offsetMs = 0;

/** Epoch ms by the server's clock: the browser's may be wrong. */
export function serverNow(): number {
  return Date.now() + offsetMs;
}

const AGAIN_MS = 2000;

/** Asks until the server answers. */
export async function readSettings(): Promise<Settings> {
  for (;;) {
    try {
      const answer = await fetch('/board-config.json');
      if (!answer.ok) throw new Error(`the settings were answered with ${answer.status}`);
      const { gateway_url, events_url, now } = (await answer.json()) as SettingsAnswer;
      offsetMs = now - Date.now();
      return { gateway: gateway_url, events: events_url };
    } catch {
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }
}
