import { replaceMethod } from './mend';

/** No supervisor: a consumer that ended stays so. */
replaceMethod('libs/event-log/src/supervised-consumer.js', 'SupervisedConsumer', 'restart', () => () => undefined);
