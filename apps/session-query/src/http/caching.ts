/** How long a shared cache may give what it holds without asking us. */
const SHARED_SECONDS = 1;
/** How much longer a CDN may give it: while it asks us, and while we cannot answer. In all less than the 5 s in which an answer has to say `stale`. */
const GRACE_SECONDS = 3;

type Headers = Readonly<Record<string, string>>;

const EVERYBODY = `public, max-age=0, s-maxage=${SHARED_SECONDS}`;
const GRACE = `stale-while-revalidate=${GRACE_SECONDS}, stale-if-error=${GRACE_SECONDS}`;

/**
 * Who may keep what this service sends, and for how long (decision 0081). Refusals have theirs from `refusalHeaders`, the
 * files of pages from the library that sends them.
 *
 * `shared`: answers that are the same for everybody. A browser asks each time whether what it holds is still good, so a
 * page finds in the next GET what was pushed to it. Grace is for CDNs alone: a browser that obeyed it would show the old list.
 * `stale`: the same, where the answer itself may be old: no CDN shall go on with it.
 * `private`: what a caller with a key or token was told.
 * `operators`: what no disk shall keep.
 */
export const CACHING = {
  shared: { 'cache-control': EVERYBODY, 'cdn-cache-control': `max-age=${SHARED_SECONDS}, ${GRACE}` },
  stale: { 'cache-control': EVERYBODY },
  private: { 'cache-control': 'private, no-cache' },
  operators: { 'cache-control': 'no-store' },
  stream: { 'cache-control': 'no-store' },
  settings: { 'cache-control': 'no-store' },
  documents: { 'cache-control': 'public, max-age=60' },
} as const satisfies Record<string, Headers>;
