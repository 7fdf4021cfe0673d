/** Of a row of the table, in px; the style sheet says the same. */
export const ROW_HEIGHT = 60;
