import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { eventually, eventuallyPasses } from '../../given/eventually';
import { makeNpm } from '../npm';
import { GivenRestPlatform } from './given-platform';
import { RecordingProxy } from './recording-proxy';

/** Packages come from a registry, to a machine that is busy with other tests. */
const FETCHING_MS = 600_000;
/** A library may wait for some seconds before it comes again. */
const COMES_AGAIN_MS = 90_000;

interface Said {
  what: string;
  id?: string;
  data?: Record<string, unknown>;
}

/** A program that follows a stream by a library of others. */
class Follower {
  readonly said: Said[] = [];
  private readonly child: ChildProcess;

  constructor(directory: string, library: string, url: string) {
    const program = join(directory, 'programs', 'follow.mjs');
    this.child = spawn(process.execPath, [program, library, url], { stdio: ['ignore', 'pipe', 'inherit'] });
    if (!this.child.stdout) throw new Error('the program has no output');
    createInterface({ input: this.child.stdout }).on('line', (line) => this.said.push(JSON.parse(line) as Said));
  }

  hears(what: string, where: string, within?: number): Promise<Said> {
    const heard = (one: Said) => one.what === what && JSON.stringify(one.data).includes(where);
    return eventually(`a ${what} with ${where}`, async () => this.said.find(heard), within).catch((error: unknown) => {
      throw new Error(`only this was said: ${JSON.stringify(this.said).slice(-2000)}`, { cause: error });
    });
  }

  close(): void {
    this.child.kill();
  }
}

describe('event sources of others', () => {
  let npm: { directory: string } | string;
  let platform: GivenRestPlatform;
  let proxy: RecordingProxy;
  const followers: Follower[] = [];

  beforeAll(async () => {
    npm = await makeNpm(__dirname);
    if (typeof npm === 'string') process.stderr.write(`skipped, event sources of others: ${npm}\n`);
    platform = await GivenRestPlatform.make();
    proxy = await RecordingProxy.to(platform.url);
  }, FETCHING_MS);
  afterAll(async () => {
    for (const follower of followers) follower.close();
    await proxy?.close();
    await platform?.close();
  });

  it.each(['eventsource', 'undici', 'event-source-polyfill'])(
    '%s follows a list over a restart of the service, from where it was',
    async (library) => {
      if (typeof npm === 'string') return;
      const follower = new Follower(npm.directory, library, `${proxy.url}/sessions/stream?limit=100`);
      followers.push(follower);
      await follower.hears('snapshot', platform.live);
      const before = await platform.start(`Before, for ${library}`);
      const { id: lastId } = await follower.hears('delta', before);
      expect(lastId).toMatch(/^\d+\.\d+$/);

      const asked = proxy.recorded.length;
      await platform.marquee.query.stop();
      const meanwhile = await platform.start(`Meanwhile, for ${library}`);
      await platform.marquee.query.start();
      const { id: laterId } = await follower.hears('snapshot', meanwhile, COMES_AGAIN_MS);
      expect(seqOf(laterId)).toBeGreaterThanOrEqual(seqOf(lastId));
      const again = proxy.recorded.slice(asked).map(({ url, lastEventId }) => lastEventId ?? idIn(url));
      expect(again.some((id) => seqOf(id) >= seqOf(lastId))).toBe(true);

      const after = await platform.start(`After, for ${library}`);
      await follower.hears('delta', after);
      await eventuallyPasses('nothing is given up', async () =>
        expect(follower.said.map(({ what }) => what)).not.toContain('given up'),
      );
    },
  );
});

function seqOf(id: string | undefined): number {
  return Number((id ?? '').split('.')[1] ?? -1);
}

/** The polyfill says where it was in the URL, since a header would cost it a preflight. */
function idIn(url: string): string | undefined {
  return new URL(url, 'http://localhost').searchParams.get('lastEventId') ?? undefined;
}
