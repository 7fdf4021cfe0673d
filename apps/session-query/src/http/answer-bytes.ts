import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Position } from '#libs/contracts';

export type Encoding = 'identity' | 'gzip' | 'br';

/** What is true of an answer beside its bytes. */
export interface Making {
  /** All that was projected up to it is in the answer. */
  position: Position | undefined;
  /** Epoch ms. */
  madeAt: number;
  /** Changes with every change of what sessions are, other than their counts. */
  mark: number;
  stale: boolean;
  isPrivate: boolean;
}

const WORTH_COMPRESSING_BYTES = 1024;
const COMPRESSORS = {
  gzip: (body: Buffer) => promisify(gzip)(body, { level: 6 }),
  br: (body: Buffer) => promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
};
const ACCEPTABLE = (['br', 'gzip'] as const).map((name) => ({
  name,
  named: new RegExp(`(?:^|[,\\s])${name}(?:$|[,;\\s])`),
  refused: new RegExp(`\\b${name}\\s*;\\s*q=0(?:\\.0*)?(?![.\\d])`),
}));
/** How long a client may keep an answer in which nothing but the clock has moved. */
const SAME_STATE_LIMIT_SECONDS = 30;

/** An answer as it goes over the wire: serialised once, and encoded once for each encoding that is asked for. */
export class AnswerBytes {
  readonly etag: string;
  readonly making: Making;
  private readonly state: string;
  private readonly encoded = new Map<Encoding, Promise<Buffer>>();

  constructor(
    readonly body: Buffer,
    making: Making,
  ) {
    this.making = making;
    this.state = stateOf(body);
    const { epoch, seq } = making.position ?? { epoch: 0, seq: 0 };
    this.etag = `"${epoch}.${seq}-${this.state}-${seconds(making.madeAt).toString(36)}"`;
  }

  /** The entity tag that a client holds and may go on with, else undefined. */
  heldBy(ifNoneMatch: string | undefined, now: number): string | undefined {
    if (ifNoneMatch === undefined) return undefined;
    for (const tag of ifNoneMatch.split(',')) {
      const said = tag.trim();
      const held = said.startsWith('W/') ? said.slice(2) : said;
      if (held === this.etag || held === '*') return this.etag;
      const [, state, at] = held.slice(1, -1).split('-');
      const age = seconds(now) - Number.parseInt(at ?? '', 36);
      if (state === this.state && age >= 0 && age <= SAME_STATE_LIMIT_SECONDS) return held;
    }
    return undefined;
  }

  /** The encoding that a client gets of those that it accepts. */
  encodingFor(acceptEncoding: string | undefined): Encoding {
    if (!acceptEncoding || this.body.length < WORTH_COMPRESSING_BYTES) return 'identity';
    const accepted = acceptEncoding.toLowerCase();
    return ACCEPTABLE.find(({ named, refused }) => named.test(accepted) && !refused.test(accepted))?.name ?? 'identity';
  }

  async bytes(encoding: Encoding): Promise<Buffer> {
    if (encoding === 'identity') return this.body;
    const known = this.encoded.get(encoding);
    if (known) return known;
    const made = COMPRESSORS[encoding](this.body);
    this.encoded.set(encoding, made);
    return made;
  }
}

/**
 * A name of all that the answer says, but for what only follows the clock. Who holds an answer with an older `fresh_at`
 * holds one that is true as well.
 */
function stateOf(body: Buffer): string {
  const text = body.toString('latin1').replace(/"duration":\d+|"timestamp":\d+|"fresh_at":(?:null|"[^"]*")/g, '');
  return createHash('sha1').update(text, 'latin1').digest('base64url').replaceAll('-', '~').slice(0, 16);
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
