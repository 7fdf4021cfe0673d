import { EventEmitter } from 'node:events';

/** A socket that the test connects and cuts. */
export class Wire extends EventEmitter {
  connects = 0;

  connect(): void {
    this.connects += 1;
  }

  disconnect(): void {
    this.emit('disconnect', 'io client disconnect');
  }
}
