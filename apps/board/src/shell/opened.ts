/** What stands above all pages. */
export type Opened = 'finder' | 'keys' | null;
