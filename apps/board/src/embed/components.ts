import { MarqueeCount } from './marquee-count';
import { MarqueeLive } from './marquee-live';

customElements.define('marquee-live', MarqueeLive);
customElements.define('marquee-count', MarqueeCount);
