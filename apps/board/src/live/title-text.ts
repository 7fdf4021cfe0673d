/** Of blanks and of characters that are not drawn nobody can see a name. */
const DRAWN = /[^\p{White_Space}\p{Cf}\p{Cc}\p{Default_Ignorable_Code_Point}]/u;

/** A title as it is shown; one that nobody would see is none. */
export function titleText(title: string | null | undefined): string {
  return title && DRAWN.test(title) ? title : 'Untitled';
}
