import { replaceMethod } from './mend';

/** `fromBeginning: false`, and nobody compares the offsets with the record: offsets that are lost lose data. */
replaceMethod('apps/session-lifecycle/src/ingest/starting-places.js', 'StartingPlaces', 'of', () => async () => []);
replaceMethod(
  'libs/event-log/src/membership.js',
  'Membership',
  'start',
  (original) =>
    function (...given) {
      const { consumer } = this as { consumer: { subscribe: (options: object) => Promise<void> } };
      const subscribe = consumer.subscribe.bind(consumer);
      consumer.subscribe = (options) => subscribe({ ...options, fromBeginning: false });
      return original.apply(this, given);
    },
);
