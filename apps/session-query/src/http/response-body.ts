import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Position } from '#libs/contracts';
import { type Encoding, encodingFor } from './content-encoding';

/** What is true of an answer beside its bytes. */
export interface Making {
  /** All that was projected up to it is in the answer. */
  position: Position | undefined;
  /** Epoch ms. */
  madeAt: number;
  /** Changes with every change of what sessions are, other than their counts. */
  mark: number;
  stale: boolean;
  /** It is for operators alone. */
  isForOperators?: boolean;
}

/** What was found for an If-None-Match header. */
interface Held {
  header: string;
  /** The second of the clock in which it was. */
  second: number;
  etag: string | undefined;
}

const WORTH_COMPRESSING_BYTES = 1024;
const COMPRESSORS = {
  gzip: (body: Buffer) => promisify(gzip)(body, { level: 6 }),
  br: (body: Buffer) => promisify(brotliCompress)(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
};
/** How long a client may go on with an answer in which nothing but the clock has moved. */
const SAME_STATE_LIMIT_SECONDS = 30;
const WEAK = 'W/';
/** Entity tags in a list, weak or not; what they say in quotes. */
const TAGS = /(?<![^\s,])(?:W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/g;

/** The JSON of an answer: serialised once, and encoded once for each encoding that is asked for. */
export class ResponseBody {
  /** Weak: it is the same for all encodings, and good for a while after the clock has moved. */
  readonly etag: string;
  /** Somebody's request was counted for its making: a 304 for it costs nothing any more. */
  isPaid = false;
  private readonly state: string;
  /** Many who poll hold the same: it is read once. */
  private held: Held | undefined;
  private readonly encoded = new Map<Encoding, Buffer>();
  private readonly encoding = new Map<Encoding, Promise<Buffer>>();

  constructor(
    readonly json: Buffer,
    readonly making: Making,
  ) {
    this.state = stateOf(json);
    this.encoded.set('identity', json);
    const { epoch, seq } = making.position ?? { epoch: 0, seq: 0 };
    this.etag = `${WEAK}"${epoch}.${seq}-${this.state}-${seconds(making.madeAt).toString(36)}"`;
  }

  /** The entity tag that a client holds and may go on with, else undefined. `now` in epoch ms. */
  heldBy(ifNoneMatch: string | undefined, now: number): string | undefined {
    if (ifNoneMatch === undefined) return undefined;
    const second = seconds(now);
    if (this.held?.header === ifNoneMatch && this.held.second === second) return this.held.etag;
    const etag = this.find(ifNoneMatch, second);
    this.held = { header: ifNoneMatch, second, etag };
    return etag;
  }

  private find(ifNoneMatch: string, second: number): string | undefined {
    if (ifNoneMatch.trim() === '*') return this.etag;
    for (const [, tag = ''] of ifNoneMatch.matchAll(TAGS)) {
      const held = `${WEAK}"${tag}"`;
      if (held === this.etag) return held;
      const [, state, at] = tag.split('-');
      const age = second - Number.parseInt(at ?? '', 36);
      if (state === this.state && age >= 0 && age <= SAME_STATE_LIMIT_SECONDS) return held;
    }
    return undefined;
  }

  /** The encoding that a client gets, by its Accept-Encoding header. */
  encodingFor(acceptEncoding: string | undefined): Encoding {
    return this.json.length < WORTH_COMPRESSING_BYTES ? 'identity' : encodingFor(acceptEncoding);
  }

  /** Undefined until `encode` has been waited for. */
  bytes(encoding: Encoding): Buffer | undefined {
    return this.encoded.get(encoding);
  }

  async encode(encoding: Encoding): Promise<void> {
    if (encoding === 'identity') return;
    let encoded = this.encoding.get(encoding);
    if (!encoded) this.encoding.set(encoding, (encoded = COMPRESSORS[encoding](this.json)));
    this.encoded.set(encoding, await encoded);
  }
}

/** Of an answer, what may differ between two that say the same: what follows the clock, and the name of a walk. */
const PASSING = /"duration":\d+|"timestamp":\d+|"fresh_at":(?:null|"[^"]*")|"next_cursor":"[^"]*"/g;

/** A name of all else that the answer says. Who holds one with an older `fresh_at` holds one that is true as well. */
function stateOf(json: Buffer): string {
  const text = json.toString('latin1').replace(PASSING, '');
  return createHash('sha1').update(text, 'latin1').digest('base64url').replaceAll('-', '~').slice(0, 16);
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}
