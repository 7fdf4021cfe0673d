import { titleText } from './title-text';

it.each([
  ['Ramen', 'Ramen'],
  [' a ', ' a '],
  ['日本', '日本'],
  ['👩‍🍳', '👩‍🍳'],
  [null, 'Untitled'],
  [undefined, 'Untitled'],
  ['', 'Untitled'],
  ['   ', 'Untitled'],
  ['\n\t\r\n', 'Untitled'],
  ['\u200B\u200B\u200B', 'Untitled'],
  ['\u00A0\u2003\u2060\uFEFF\u00AD\u3164', 'Untitled'],
])('the title %j is shown as %j', (title, shown) => {
  expect(titleText(title)).toBe(shown);
});
