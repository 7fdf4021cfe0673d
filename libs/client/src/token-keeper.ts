import type { SocketRefusal, TokenTaken } from '#libs/contracts';
import { fullJitter } from './jitter';
import { type TokenSource, tokenOf } from './token-source';

/** How long the application may take to give a token. */
const TOKEN_LIMIT_MS = 15_000;
/** An application that has no newer token is asked again so often before one ends. */
const RENEWALS = 10;

/** What it does on a connection. */
export interface TokenActs {
  send(token: string | null, answered: (answer: TokenTaken | SocketRefusal) => void): void;
  /** There is no valid token: what is shown is, or soon will be, the public's. */
  missing(detail: string): void;
  /** A token was taken. `isOther`: what is followed may be shown otherwise now. */
  renewed(isOther: boolean): void;
}

/** The token of one connection: asked of the application for each attempt, and anew before it ends. */
export class TokenKeeper {
  /** What was shown last: in the handshake, or since then. */
  private shown: string | undefined;
  /** The last one that a gateway took, and the one that is known to have ended. */
  private taken: string | undefined;
  private spent: string | undefined;
  private hasLapsed = false;
  /** The application says that it has another token, and no gateway has taken it yet. */
  private isChanged = false;
  private asked = 0;
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly source: TokenSource,
    private readonly acts: TokenActs,
  ) {}

  /** Asks for the token of an attempt: one of the two is called, at once if the token is there. `stop` ends that. */
  ask(got: (token: string | undefined) => void, failed: (detail: string) => void): void {
    this.tries = 0;
    this.fetch((token) => {
      this.shown = token !== undefined && token === this.spent ? undefined : token;
      got(this.shown);
    }, failed);
  }

  /** Nothing that was asked for is waited for any more. */
  stop(): void {
    this.asked += 1;
    clearTimeout(this.timer);
  }

  /** The gateway has let it in; says what is lacking. */
  accepted(): string | undefined {
    this.hasLapsed = this.spent !== undefined && this.shown === undefined;
    this.isChanged = false;
    this.taken = this.shown;
    return this.hasLapsed ? 'the token has ended: what is shown is the public’s' : undefined;
  }

  /** Whether the token that was just refused is one that was taken before: it is not shown again. */
  hasEnded(): boolean {
    if (this.shown === undefined || this.shown !== this.taken) return false;
    this.spent = this.shown;
    return true;
  }

  /** The gateway has let go of what only the token showed. */
  ended(): void {
    this.hasLapsed = true;
    this.spent = this.taken;
    this.acts.missing('the token has ended: what is shown is the public’s');
  }

  /** The token is about to end: the application is asked for another one, some times if it has none yet. */
  expires(): void {
    this.tries = 0;
    this.renew();
  }

  /** The application has another token: somebody has logged in or out. */
  change(): void {
    this.isChanged = true;
    this.tries = 0;
    this.renew();
  }

  private renew(): void {
    this.stop();
    this.fetch(
      (token) => {
        if (!this.isChanged && token !== undefined && token === this.taken) {
          return this.again('the token is about to end', 0);
        }
        this.acts.send(token ?? null, this.heard(token));
      },
      (detail) => this.again(detail, 0),
    );
  }

  private heard(token: string | undefined): (answer: TokenTaken | SocketRefusal) => void {
    const number = this.asked;
    return (answer) => {
      if (number !== this.asked) return;
      if (!answer.ok) return this.again(answer.error, answer.retry_after_ms ?? 0);
      const isOther = this.isChanged || this.hasLapsed;
      this.shown = this.taken = token;
      this.spent = undefined;
      this.hasLapsed = this.isChanged = false;
      this.acts.renewed(isOther);
    };
  }

  private again(detail: string, retryAfterMs: number): void {
    this.acts.missing(detail);
    this.tries += 1;
    if (typeof this.source !== 'function' || this.tries > RENEWALS) return;
    const waitMs = Math.max(retryAfterMs, 1000) + fullJitter(this.tries, Math.random());
    this.timer = setTimeout(() => this.renew(), waitMs);
  }

  private fetch(got: (token: string | undefined) => void, failed: (detail: string) => void): void {
    this.asked += 1;
    const number = this.asked;
    const isCurrent = () => number === this.asked;
    const fail = (why: unknown) =>
      isCurrent() && failed(`no token: ${why instanceof Error ? why.message : String(why)}`);
    let token: ReturnType<typeof tokenOf>;
    try {
      token = tokenOf(this.source);
    } catch (error) {
      return void fail(error);
    }
    if (!(token instanceof Promise)) return got(token);
    this.timer = setTimeout(() => fail(`it was not given within ${TOKEN_LIMIT_MS / 1000} s`), TOKEN_LIMIT_MS);
    const take = (given: string | undefined) => {
      if (!isCurrent()) return;
      clearTimeout(this.timer);
      got(given);
    };
    token.then(take, fail);
  }
}
