/** How far a page can be trusted, as it says it. `rest`: no gateway is reached, REST is asked now and then. */
export type Freshness = 'connecting' | 'live' | 'reconnecting' | 'stale' | 'rest';
