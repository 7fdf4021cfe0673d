/** What may come at once, to what may come a second: of connections, of messages and of tokens. */
export const BURST_SECONDS = 4;
