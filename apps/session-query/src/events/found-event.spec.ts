import type { PlaceState } from '#libs/session-store';
import { foundEvent } from './found-event';

const SUBJECT = '6f9c1f5e-5d0b-4c58-9a38-2f0f7f1f7a10';
const NAMES = { id: 'e', source: '/studio', type: 'session.started.v1' };
const logged = (event: unknown, did: 'applied' | 'derived' = 'applied'): PlaceState => ({
  state: 'recorded',
  subject: SUBJECT,
  entry: { row: '1', index: 0, recordedAt: 7, place: null, at: 7, brokerTime: 7, did, flags: ['late'], event },
});

describe('what is found of an event', () => {
  it('is what its sender is told, however much it sent', () => {
    const found = { state: 'recorded', event: NAMES, subject: SUBJECT, did: 'applied', flags: ['late'], recordedAt: 7 };
    expect(foundEvent(logged({ ...NAMES, pad: 'x'.repeat(1_000_000), data: { title: 'y' } }))).toEqual(found);
  });

  it('has no names where the log has none', () => {
    for (const event of [null, 'text', { id: 7 }])
      expect(foundEvent(logged(event))).toMatchObject({ event: { id: '', source: '', type: '' } });
  });

  it('is nothing that was derived: that has no place', () => {
    expect(() => foundEvent(logged({}, 'derived'))).toThrow('what was derived has no place');
  });

  it('is all else as it is', () => {
    expect(foundEvent({ state: 'unseen' })).toEqual({ state: 'unseen' });
  });
});
