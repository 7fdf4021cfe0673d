import type { Random } from './random';

const TITLES: readonly [readonly [string, ...string[]], ...(readonly [string, ...string[]])[]] = [
  [
    'Speedrunning {game}, no glitches',
    '{game} with viewers, queue open',
    'First time in {game}, no spoilers please',
    'Ranked {game} until I cry',
    '{game} randomizer, seed by chat',
  ],
  [
    'Friday night synthesizers',
    'Vinyl only: {style} and old {style}',
    'Piano requests, tips for hard ones',
    'Making a {style} track from street noise',
    'Late {style} session, lights off',
  ],
  [
    'Cooking {dish} in a student kitchen',
    '{dish} like my grandmother made it',
    'Can {dish} be vegan? Let’s see',
    'Two pans, one {dish}, no plan',
  ],
  [
    'Morning news with coffee',
    'What happened in {place} this week',
    'Live from {place}: rain again',
    'Walking {place} at night 🌃',
    'Train window from {place}, no talking',
  ],
  [
    'Fixing a {thing} that nobody could fix',
    'Building a {thing} from scrap, day {day}',
    'Restoring a {thing} from 1974',
    'Soldering and questions: the {thing}',
  ],
  [
    'Study with me: 50/10, rain sounds',
    'Writing club, day {day}',
    'Math homework rescue',
    'Exam week, silent, come sit',
  ],
  [
    '日本語で雑談 ☕',
    'Charla nocturna desde {place}',
    'Kochen und reden: {dish}',
    'Aujourd’hui on répare un {thing}',
    'Разговоры за чаем',
  ],
  ['Painting {place} in watercolour', 'Drawing what chat says', 'Pottery: bowls, day {day}', 'Pixel art for {game}'],
];

const WORDS: Record<string, readonly [string, ...string[]]> = {
  game: [
    'Hollow Marsh',
    'Tin Kingdom',
    'Orbit Farm',
    'Night Ferry',
    'Gravel Kings',
    'The Long Corridor',
    'Puddle',
    'Sky Post',
  ],
  style: ['ambient', 'jungle', 'dub', 'minimal', 'bossa nova', 'breakbeat', 'drone', 'cumbia'],
  dish: ['dumplings', 'shakshuka', 'ramen', 'pierogi', 'dal', 'lasagne', 'feijoada', 'okonomiyaki'],
  place: ['Lisbon', 'Tromsø', 'Osaka', 'Montevideo', 'Leipzig', 'Nairobi', 'Halifax', 'Tbilisi'],
  thing: ['tape deck', 'tractor', 'pinball table', 'typewriter', 'bicycle', 'radio', 'loom', 'film camera'],
};

/** A title that a person would write, 3 to 255 characters. */
export function makeTitle(random: Random): string {
  const pattern = random.pick(random.pick(TITLES));
  return pattern.replace(/\{(\w+)\}/g, (_, name: string) =>
    name === 'day' ? String(random.integer(2, 90)) : random.pick(WORDS[name] ?? ['something']),
  );
}

export function makeDescription(random: Random): string | null {
  if (random.chance(0.4)) return null;
  return random.pick([
    'Same time every week. Be kind in chat.',
    'Recording will be up tomorrow.',
    'New microphone, tell me how it sounds.',
    'No schedule, no plan, no refunds.',
    'Bring a drink and a question.',
  ]);
}
