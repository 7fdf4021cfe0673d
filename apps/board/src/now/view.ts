export type View = 'table' | 'cards';

const PLACE = 'marquee:view';

/** How the list was last looked at here. */
export function keptView(): View {
  try {
    return localStorage.getItem(PLACE) === 'cards' ? 'cards' : 'table';
  } catch {
    return 'table';
  }
}

export function keepView(view: View): void {
  try {
    localStorage.setItem(PLACE, view);
  } catch {
    // Without storage it holds for this visit.
  }
}
