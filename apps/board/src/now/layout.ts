export type Layout = 'table' | 'cards';

const PLACE = 'marquee:view';

/** How the list was last looked at here. */
export function keptLayout(): Layout {
  try {
    return localStorage.getItem(PLACE) === 'cards' ? 'cards' : 'table';
  } catch {
    return 'table';
  }
}

export function keepLayout(layout: Layout): void {
  try {
    localStorage.setItem(PLACE, layout);
  } catch {
    // Without storage it holds for this visit.
  }
}
