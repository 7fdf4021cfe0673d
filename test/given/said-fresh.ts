import type { ProjectionWriter } from '#libs/live-projection';

const EVERY_MS = 250;

/** Says that a projection is fresh, again and again, as the lifecycle service does when it has read all and told all. */
export class SaidFresh {
  private timer: NodeJS.Timeout | undefined;
  private saying: Promise<void> = Promise.resolve();

  constructor(private readonly writer: Pick<ProjectionWriter, 'inspect' | 'clock' | 'noteFresh'>) {
    this.start();
  }

  start(): void {
    this.timer ??= setInterval(() => this.say(), EVERY_MS);
    this.say();
  }

  /** After it nothing is said any more. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    this.timer = undefined;
    await this.saying;
  }

  private say(): void {
    const say = async () => {
      if (!this.timer) return;
      const { position } = await this.writer.inspect();
      if (position) await this.writer.noteFresh(position.epoch, await this.writer.clock());
    };
    // While Redis is away or rebuilt it cannot be said.
    this.saying = this.saying.then(say).catch(() => undefined);
  }
}
