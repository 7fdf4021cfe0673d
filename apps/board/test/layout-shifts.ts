import type { Page } from 'playwright-core';

interface Shift extends PerformanceEntry {
  value: number;
  sources: { node: Node | null; previousRect: DOMRect; currentRect: DOMRect }[];
}

/** What has moved by itself, how far and from where. `since`: ms after the page was opened. */
export function layoutShifts(page: Page, since = 0): Promise<string[]> {
  return page.evaluate(shiftsHere, since);
}

function shiftsHere(since: number): Promise<string[]> {
  const placed = ({ x, y, width, height }: DOMRect) => [x, y, width, height].map(Math.round).join(' ');
  return new Promise((resolve) => {
    const shifts: string[] = [];
    const observer = new PerformanceObserver((list) => {
      for (const { value, sources, startTime } of list.getEntries() as Shift[]) {
        if (startTime < since) continue;
        for (const { node, previousRect, currentRect } of sources) {
          const [from, to] = [placed(previousRect), placed(currentRect)];
          // Nobody sees a part of a pixel.
          if (from === to) continue;
          const name = node instanceof Element ? node.outerHTML.slice(0, 80) : node?.textContent;
          shifts.push(`${value}: ${name} from ${from} to ${to}`);
        }
      }
    });
    observer.observe({ type: 'layout-shift', buffered: true });
    requestAnimationFrame(() => requestAnimationFrame(() => resolve(shifts)));
  });
}
