/** Of `<marquee-live>`. What a page wants otherwise it says by `--marquee-…`, or by `::part(…)`. */
export const LIST_STYLES = `
:host { display: block; font: inherit; color: inherit; }
:host([state='stale']), :host([state='closed']) { opacity: 0.6; }
ol { margin: 0; padding: 0; list-style: none; }
li + li { border-top: 1px solid var(--marquee-line, color-mix(in srgb, currentcolor 14%, transparent)); }
a { display: grid; grid-template: 'title count' 'host count' / 1fr auto; gap: 0 1em; padding: 0.6em 0; color: inherit; text-decoration: none; }
a:focus-visible { outline: 2px solid var(--marquee-accent, currentcolor); outline-offset: 2px; }
.title { grid-area: title; overflow: hidden; font-weight: 600; text-overflow: ellipsis; white-space: nowrap; }
.host { grid-area: host; font-size: 0.875em; opacity: 0.75; }
.count { grid-area: count; align-self: center; color: var(--marquee-accent, inherit); font-variant-numeric: tabular-nums; font-weight: 600; }
p { margin: 0; opacity: 0.75; }
`;

/** Of `<marquee-count>`. */
export const COUNT_STYLES = `
:host { display: inline; font-variant-numeric: tabular-nums; }
:host([state='stale']), :host([state='closed']) { opacity: 0.6; }
`;
