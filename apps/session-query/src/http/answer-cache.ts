import type { AnswerBytes } from './answer-bytes';

/** What an entry takes beside its body: keys, headers and, at worst, two encodings of it. */
const OVERHEAD_BYTES = 1024;
const ENCODED_SHARE = 1.5;

/** The last answers by their question, bounded by bytes; what was not used for longest goes first. */
export class AnswerCache {
  private readonly answers = new Map<string, AnswerBytes>();
  private held = 0;
  /** The one that was used last. */
  private newest: string | undefined;

  constructor(private readonly limitBytes: number) {}

  get bytes(): number {
    return this.held;
  }

  get(key: string): AnswerBytes | undefined {
    const answer = this.answers.get(key);
    if (!answer || key === this.newest) return answer;
    this.answers.delete(key);
    this.answers.set(key, answer);
    this.newest = key;
    return answer;
  }

  put(key: string, answer: AnswerBytes): void {
    this.forget(key);
    this.answers.set(key, answer);
    this.newest = key;
    this.held += sizeOf(answer);
    for (const oldest of this.answers.keys()) {
      if (this.held <= this.limitBytes || oldest === key) break;
      this.forget(oldest);
    }
  }

  private forget(key: string): void {
    const known = this.answers.get(key);
    if (!known) return;
    this.answers.delete(key);
    this.held -= sizeOf(known);
  }
}

function sizeOf({ body }: AnswerBytes): number {
  return OVERHEAD_BYTES + Math.ceil(body.length * ENCODED_SHARE);
}
