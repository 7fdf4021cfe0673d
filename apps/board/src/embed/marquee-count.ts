import type { LiveUpdate, Marquee } from '../sdk';
import { countText } from '../live/count-text';
import { type Following, LiveElement } from './live-element';
import { COUNT_STYLES } from './styles';

/**
 * `<marquee-count session="…">`: how many watch a session, exact. `<marquee-count>`: how many sessions are on air.
 */
export class MarqueeCount extends LiveElement {
  static readonly observedAttributes = ['session', 'api'];
  private readonly number = document.createElement('span');

  constructor() {
    super(COUNT_STYLES);
    this.number.part.add('number');
    this.number.textContent = '–';
    this.root.append(this.number);
  }

  protected follow(client: Marquee, told: (update: LiveUpdate) => void): Following {
    const id = this.getAttribute('session');
    return id ? client.watch([id], told) : client.live({ status: 'live', limit: 1 }, told);
  }

  protected show({ sessions, total, at }: LiveUpdate): void {
    const count = this.hasAttribute('session') ? sessions[0]?.viewer_count : total;
    this.number.textContent = countText(at && count);
  }
}
