import type { Trap } from '../../given/fault-proxy';

/** The simple query COMMIT of PostgreSQL's protocol. */
const COMMIT = Buffer.from('Q\0\0\0\x0bCOMMIT\0', 'latin1');

/** Lets a COMMIT reach the server, and nothing come back: its outcome stays unknown to who sent it. */
export const SWALLOW_AFTER_COMMIT: Trap = { on: (chunk) => chunk.includes(COMMIT), fault: 'hole', forward: true };
