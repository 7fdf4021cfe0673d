import { MarqueeCount } from './marquee-count';
import { MarqueeLive } from './marquee-live';

/** A page may name this script twice; what the first one has defined stays. */
for (const [name, element] of [
  ['marquee-live', MarqueeLive],
  ['marquee-count', MarqueeCount],
] as const) {
  if (!customElements.get(name)) customElements.define(name, element);
}
