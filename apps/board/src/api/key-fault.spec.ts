import { keyFault } from './key-fault';

describe('what is pasted as a key', () => {
  it.each(['mq_000000000000_wrong', 'a key for tests', '~!'])('may be one: %s', (text) => {
    expect(keyFault(text)).toBeUndefined();
  });

  it.each([
    ['mq_\u200bab', /character 4 is U\+200B/],
    ['mq_ключ', /character 4 is U\+043A/],
    ['a\nb', /character 2 is U\+000A/],
    ['a\u{1f511}', /character 2 is U\+1F511/],
  ])('is none, and it is said where: %j', (text, fault) => {
    expect(keyFault(text)).toMatch(fault);
  });
});
