import { CompressionCodecs, CompressionTypes } from 'kafkajs';
import { compress, decompress } from './codecs';
import { decodeFetchAnswer } from './fetch-answer';
import { type Fetch, type FetchAsked, readerOf } from './fetch-reader';
import { LIMITS } from './record-set';

const PATCHED_VERSION = '2.2.4';
const QUEUE_CHECK_MS = 10;
const TIMEOUT_CHECK_MS = 1000;

interface RequestQueue {
  pending: unknown[];
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  requestTimeoutIntervalId: NodeJS.Timeout | undefined;
  enforceRequestTimeout: boolean;
  requestTimeout: number;
  inflight: Map<number, { sentAt: number; requestTimeout: number; timeoutRequest: () => void }>;
  isConnected: () => boolean;
  destroy: () => void;
  checkPendingRequests: () => void;
}

/** Corrects kafkajs where it cannot be told otherwise. Throws for any other version: look again at what is patched. */
export function patchKafkajs(): void {
  const { version } = require('kafkajs/package.json') as { version: string };
  if (version !== PATCHED_VERSION) {
    throw new Error(`kafkajs ${version} is installed, but what is corrected here is ${PATCHED_VERSION}`);
  }
  patchFetch();
  patchRequestQueue();
  registerCodecs();
}

/** kafkajs's own decoder fails the whole answer for one bad batch, and knows no end of an empty one. */
function patchFetch(): void {
  const response = require('kafkajs/src/protocol/requests/fetch/v11/response') as { decode: unknown };
  response.decode = decodeFetchAnswer;
  const { prototype } = require('kafkajs/src/broker') as {
    prototype: { fetch: (asked: FetchAsked) => Promise<unknown> };
  };
  rawFetch ??= prototype.fetch as Fetch;
  const ask = rawFetch;
  prototype.fetch = function (this: object, asked) {
    return readerOf(this).fetch(asked, ask.bind(this));
  };
}

let rawFetch: Fetch | undefined;

/** An idle connection wakes up every millisecond to look at an empty queue, and ten times a second for timeouts. */
function patchRequestQueue(): void {
  const { prototype } = require('kafkajs/src/network/requestQueue') as { prototype: object };
  Object.assign(prototype, {
    scheduleCheckPendingRequests(this: RequestQueue): void {
      if (this.throttleCheckTimeoutId !== null || this.pending.length === 0) return;
      const throttledMs = this.throttledUntil - Date.now();
      this.throttleCheckTimeoutId = setTimeout(
        () => {
          this.throttleCheckTimeoutId = null;
          this.checkPendingRequests();
        },
        throttledMs > 0 ? throttledMs : QUEUE_CHECK_MS,
      );
    },

    scheduleRequestTimeoutCheck(this: RequestQueue): void {
      if (!this.enforceRequestTimeout) return;
      this.destroy();
      this.requestTimeoutIntervalId = setInterval(
        () => {
          for (const request of this.inflight.values()) {
            if (Date.now() - request.sentAt > request.requestTimeout) request.timeoutRequest();
          }
          if (!this.isConnected()) this.destroy();
        },
        Math.min(this.requestTimeout, TIMEOUT_CHECK_MS),
      );
    },
  });
}

/** For producers, and for brokers so old that their fetches are decoded by kafkajs. */
function registerCodecs(): void {
  const codecs = CompressionCodecs as Record<number, () => unknown>;
  for (const type of [CompressionTypes.GZIP, CompressionTypes.Snappy, CompressionTypes.LZ4, CompressionTypes.ZSTD]) {
    codecs[type] = () => ({
      compress: async ({ buffer }: { buffer: Buffer }) => compress(type, buffer),
      decompress: async (bytes: Buffer) => decompress(type, bytes, LIMITS.bytes),
    });
  }
}
