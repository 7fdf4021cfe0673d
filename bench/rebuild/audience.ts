import { Marquee as Client, type LiveUpdate } from '#libs/client';
import { freeServicePlace } from '#tools/stack';
import { eventually } from '../../test/given/eventually';
import { ready } from '../ingest/marquee';
import type { Arena } from '../machinery/arena';
import type { ContestantProcess } from '../machinery/contestant-process';
import { SHOWN, listText } from './given';

const ASK_EVERY_MS = 100;
const PATIENCE_MS = 120_000;
const QUERY = { sort: 'viewer_count', limit: SHOWN } as const;

type Row = { id: string; viewer_count: number | null };
type Answer = { data: { sessions: Row[]; total: number }; stale?: true };

/** One client of the REST API and one of the socket, who look all the time, and know what they may be shown. */
export class Audience {
  private readonly shown = { rest: 'nothing', socket: 'nothing' };
  private allowed: ReadonlySet<string> | undefined;
  private wrong: string | undefined;
  /** The epoch that REST answers from; 0 while it says that it may be old. */
  private restEpoch = 0;
  private isOver = false;
  private readonly polling: Promise<void>;

  private constructor(
    private readonly processes: readonly ContestantProcess[],
    private readonly client: Client,
    restUrl: string,
  ) {
    client.live(QUERY, (update) => this.pushed(update));
    this.polling = this.poll(restUrl);
  }

  /** `env`: of the Marquee that it looks at. */
  static async of(arena: Arena, env: Record<string, string>): Promise<Audience> {
    const start = async (app: string) => {
      const place = await freeServicePlace();
      const process = arena.start(`apps/${app}/src/main.js`, { ...env, ...place.env });
      return { process, ...place };
    };
    const [query, gateway] = [await start('session-query'), await start('session-gateway')];
    await Promise.all([query, gateway].map((one) => ready(one, one.process)));
    return new Audience([query.process, gateway.process], new Client({ gateway: gateway.url }), query.url);
  }

  /** From now on every list that is shown must be one of these. */
  allow(...lists: string[]): void {
    this.allowed = new Set(lists);
  }

  /** Resolves when both are shown this list. */
  async sees(list: string): Promise<void> {
    await eventually(
      'the audience sees the list',
      async () => {
        this.check();
        if (this.shown.rest === list && this.shown.socket === list) return true;
        throw new Error(`REST shows ${this.shown.rest}, the socket ${this.shown.socket}; expected was ${list}`);
      },
      PATIENCE_MS,
    );
  }

  /** Resolves when REST answers from an epoch, and does not say that it may be old. */
  async follows(epoch: number): Promise<void> {
    const look = async () => {
      this.check();
      if (this.restEpoch >= epoch) return true;
      throw new Error(this.restEpoch === 0 ? 'it says that it is stale' : `it answers from epoch ${this.restEpoch}`);
    };
    await eventually(`REST follows epoch ${epoch}`, look, PATIENCE_MS);
  }

  /** Throws when a wrong list was shown, or none. */
  check(): void {
    if (this.wrong !== undefined) throw new Error(`the audience was shown what is wrong: ${this.wrong}`);
  }

  /** Of the services that the two look through. */
  cpuSeconds(): number {
    return this.processes.reduce((sum, process) => sum + process.cpuSeconds(), 0);
  }

  async leave(): Promise<void> {
    this.isOver = true;
    this.client.close();
    await this.polling;
    await Promise.all(this.processes.map((process) => process.stop()));
  }

  private pushed({ state, total, sessions }: LiveUpdate): void {
    if (state !== 'loading') this.show('socket', listText(total, sessions));
  }

  private async poll(url: string): Promise<void> {
    while (!this.isOver) {
      await this.ask(url).catch((error: unknown) => this.fail(`REST: ${String(error)}`));
      await new Promise((resolve) => setTimeout(resolve, ASK_EVERY_MS));
    }
  }

  private async ask(url: string): Promise<void> {
    const { sort, limit } = QUERY;
    const answer = await fetch(`${url}/sessions/live?sort=${sort}&limit=${limit}`);
    if (!answer.ok) return this.fail(`REST: ${answer.status} ${await answer.text()}`);
    const { data, stale } = (await answer.json()) as Answer;
    this.restEpoch = stale ? 0 : Number(answer.headers.get('x-live-position')?.split('.')[0] ?? 0);
    this.show('rest', listText(data.total, data.sessions));
  }

  private show(to: 'rest' | 'socket', list: string): void {
    this.shown[to] = list;
    if (this.allowed && !this.allowed.has(list)) this.fail(`${to}: ${list}`);
  }

  private fail(what: string): void {
    if (this.allowed) this.wrong ??= what;
  }
}
