import { agoText, untilText } from './until';

const NOW = Date.UTC(2026, 2, 1) / 1000;
const at = (seconds: number) => new Date((NOW + seconds) * 1000).toISOString();

it.each([
  [-5, 'due'],
  [40, 'in 40 s'],
  [720, 'in 12 min'],
  [12_000, 'in 3 h 20 min'],
  [14_400, 'in 4 h'],
  [50_000, 'in 14 h'],
  [90_000, 'in 1 day'],
  [200_000, 'in 2 days'],
])('in %d seconds is %s', (seconds, text) => {
  expect(untilText(at(seconds), NOW)).toBe(text);
});

it.each([
  [3, '3 s'],
  [130, '2 min'],
  [7300, '2 h'],
  [200_000, '2 d'],
])('%d seconds ago is %s', (seconds, text) => {
  expect(agoText(at(-seconds), NOW)).toBe(text);
});
