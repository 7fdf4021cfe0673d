/** From page to page (excluded), as bounds of `ctid`. */
export function window(
  fromPage: number,
  pages: number,
  perStep: number,
): { from: string; to: string; nextPage: number } {
  const nextPage = Math.min(fromPage + perStep, pages);
  return { from: `(${fromPage},0)`, to: `(${nextPage},0)`, nextPage };
}
