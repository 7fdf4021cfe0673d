import { shareText } from './number-text';

it.each([
  [0, '0 %'],
  [0.001, '0.1 %'],
  [0.0014, '0.14 %'],
  [0.000_012_34, '0.00123 %'],
  [0.0999, '9.99 %'],
  [1, '100 %'],
])('a share of %d is %s', (share, text) => {
  expect(shareText(share)).toBe(text);
});
