import { ALARMING_TRIES, OffsetTries } from './offset-tries';

describe('an offset that is tried again and again', () => {
  const given = (tries: number) => {
    const offsets = new OffsetTries();
    for (let at = 0; at < tries; at++) offsets.inVain('t', 0, '7', at);
    return offsets;
  };

  it('alarms from a number of tries on, and says since when', () => {
    expect(given(ALARMING_TRIES - 1).alarming('t')).toEqual([]);
    const offsets = given(ALARMING_TRIES);
    expect(offsets.alarming('t')).toEqual([{ topic: 't', partition: 0, offset: '7', tries: ALARMING_TRIES, since: 0 }]);
    expect([offsets.most('t'), offsets.alarming('other'), offsets.most('other')]).toEqual([ALARMING_TRIES, [], 0]);
  });

  it('is forgotten when the partition goes on, or stands elsewhere', () => {
    const offsets = given(ALARMING_TRIES);
    expect(offsets.passed('t', 0)).toMatchObject({ offset: '7' });
    expect([offsets.passed('t', 0), offsets.most('t')]).toEqual([undefined, 0]);
    const elsewhere = given(ALARMING_TRIES);
    expect(elsewhere.inVain('t', 0, '8', 99)).toMatchObject({ tries: 1, since: 99 });
    expect(elsewhere.alarming('t')).toEqual([]);
  });
});
