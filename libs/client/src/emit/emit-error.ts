import type { ErrorDetail } from '#libs/contracts';
import { type Failure, MarqueeError } from '../http/marquee-error';
import type { CloudEvent } from './event';
import type { Emitted } from './emitted';

/** An event that is refused, and what must be there instead, by place in the event (`data.title`). */
export interface RefusedEvent {
  /** Its place in what was given to `emit`. */
  index: number;
  event: CloudEvent;
  problems: readonly ErrorDetail[];
}

export interface EmitOutcome {
  emitted: readonly Emitted[];
  /** Not known to be sent. Given to `emit` again, with what is refused left out or mended, they count once. */
  unsent: readonly CloudEvent[];
  refused: readonly RefusedEvent[];
}

/** Not all events were taken: which were, which were not, and which ones are why. */
export class EmitError extends MarqueeError implements EmitOutcome {
  readonly emitted: readonly Emitted[];
  readonly unsent: readonly CloudEvent[];
  readonly refused: readonly RefusedEvent[];

  constructor(failure: Failure, { emitted, unsent, refused }: EmitOutcome) {
    super(failure);
    this.name = 'EmitError';
    this.emitted = emitted;
    this.unsent = unsent;
    this.refused = refused;
  }
}
