import { Refusal } from '#libs/service-host';
import { PUBLIC } from '#libs/session';
import { KEYED, audienceBy } from './caller';

describe('who asks', () => {
  it.each([
    ['the public without a key', 'secret', undefined, PUBLIC],
    ['somebody who may see private fields, with the key', 'secret', 'secret', KEYED],
    ['the public where no key is configured', undefined, undefined, PUBLIC],
  ])('is %s', (_, configured, sent, audience) => {
    expect(audienceBy(configured)(sent)).toBe(audience);
  });

  it.each([
    ['a wrong key', 'secret', 'Secret'],
    ['an empty key', 'secret', ''],
    ['any key where none is configured', undefined, 'secret'],
    ['an empty key where none is configured', undefined, ''],
  ])('is refused with %s', (_, configured, sent) => {
    expect(() => audienceBy(configured)(sent)).toThrow(Refusal);
  });
});
