import { SessionStore } from '#libs/session-store';

/** The record, by connections that only counts use: however many wait, they hold up no start. */
export class CountsStore extends SessionStore {}

/** The token of the pool that it uses. */
export const COUNTS_SOURCE = Symbol('connections to the record for counts');
