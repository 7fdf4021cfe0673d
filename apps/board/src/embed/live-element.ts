import type { LiveUpdate, Marquee } from '../sdk';
import { OWN_ORIGIN, type Service, serviceOf } from './service';

export interface Following {
  close(): void;
}

/**
 * An element that follows something live while it is on the page: subclasses say what, and show it. What it follows is
 * opened anew when an attribute changes. Each change is told as the event `marquee-change`.
 */
export abstract class LiveElement extends HTMLElement {
  private following: Following | undefined;
  private service: Service | undefined;
  private turn = 0;
  protected readonly root: ShadowRoot;

  constructor(styles: string) {
    super();
    this.root = this.attachShadow({ mode: 'open' });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    this.root.adoptedStyleSheets = [sheet];
  }

  protected abstract follow(client: Marquee, told: (update: LiveUpdate) => void): Following;
  protected abstract show(update: LiveUpdate): void;

  connectedCallback(): void {
    void this.begin();
  }

  disconnectedCallback(): void {
    this.end();
  }

  attributeChangedCallback(): void {
    if (this.isConnected) void this.begin();
  }

  private async begin(): Promise<void> {
    this.end();
    const { turn } = this;
    const api = this.getAttribute('api') ?? OWN_ORIGIN;
    if (!URL.canParse(api)) return this.told({ ...WRONG, error: `api: ${api} is no address` });
    this.setAttribute('state', 'loading');
    this.service = serviceOf(api);
    // All attributes of one change are there by the next microtask.
    const client = await this.service.use().catch(() => undefined);
    if (turn === this.turn && client) this.following = this.follow(client, (update) => this.told(update));
  }

  private told(update: LiveUpdate): void {
    this.setAttribute('state', update.state);
    this.show(update);
    this.dispatchEvent(new CustomEvent('marquee-change', { detail: update }));
  }

  private end(): void {
    this.turn += 1;
    this.following?.close();
    this.following = undefined;
    this.service?.leave();
    this.service = undefined;
  }
}

const WRONG = {
  state: 'refused',
  code: 'invalid_query',
  final: true,
  sessions: [],
  total: 0,
  removed: [],
  absent: [],
} as const;
