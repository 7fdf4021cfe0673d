import zlib from 'node:zlib';
import { compressFrameSync, decompressFrameSync } from 'lz4-napi';
import { CompressionTypes } from 'kafkajs';
import snappy from 'snappy';
import { lz4Bound } from './lz4-bound';
import { snappyBlocks, snappyLength } from './snappy-framing';

/** What was compressed would be larger than allowed. */
export class TooLarge extends Error {}
/** Nobody here can read what was compressed in this way. */
export class UnknownCodec extends Error {}

type Decompress = (bytes: Buffer, limitBytes: number) => Buffer;

const DECOMPRESS: Record<number, Decompress> = {
  [CompressionTypes.None]: (bytes) => bytes,
  [CompressionTypes.GZIP]: (bytes, limitBytes) =>
    limited(limitBytes, () => zlib.gunzipSync(bytes, { maxOutputLength: limitBytes })),
  [CompressionTypes.Snappy]: (bytes, limitBytes) => {
    const blocks = snappyBlocks(bytes);
    refuseOver(
      limitBytes,
      blocks.reduce((sum, block) => sum + snappyLength(block), 0),
    );
    return Buffer.concat(blocks.map((block) => snappy.uncompressSync(block) as Buffer));
  },
  [CompressionTypes.LZ4]: (bytes, limitBytes) => {
    refuseOver(limitBytes, lz4Bound(bytes));
    return decompressFrameSync(bytes);
  },
  [CompressionTypes.ZSTD]: (bytes, limitBytes) => {
    // Node has it since 22.15.
    if (typeof zlib.zstdDecompressSync !== 'function') throw new UnknownCodec(`Node ${process.version} has no zstd`);
    return limited(limitBytes, () => zlib.zstdDecompressSync(bytes, { maxOutputLength: limitBytes }));
  },
};

const COMPRESS: Record<number, (bytes: Buffer) => Buffer> = {
  [CompressionTypes.GZIP]: (bytes) => zlib.gzipSync(bytes),
  [CompressionTypes.Snappy]: (bytes) => snappy.compressSync(bytes),
  [CompressionTypes.LZ4]: (bytes) => compressFrameSync(bytes),
  [CompressionTypes.ZSTD]: (bytes) => zlib.zstdCompressSync(bytes),
};

/**
 * Decompresses the records of a batch; `codec` as in the batch's attributes. Throws TooLarge before it would make more
 * than `limitBytes`, UnknownCodec, or what the decompressor says.
 */
export function decompress(codec: number, bytes: Buffer, limitBytes: number): Buffer {
  const read = DECOMPRESS[codec];
  if (!read) throw new UnknownCodec(`compression ${codec} is not known`);
  return read(bytes, limitBytes);
}

export function compress(codec: number, bytes: Buffer): Buffer {
  const write = COMPRESS[codec];
  if (!write) throw new UnknownCodec(`compression ${codec} is not known`);
  return write(bytes);
}

function refuseOver(limitBytes: number, bytes: number): void {
  if (bytes > limitBytes) throw new TooLarge(`${bytes} bytes uncompressed, ${limitBytes} are allowed`);
}

function limited(limitBytes: number, work: () => Buffer): Buffer {
  try {
    return work();
  } catch (error) {
    if ((error as { code?: unknown }).code !== 'ERR_BUFFER_TOO_LARGE') throw error;
    throw new TooLarge(`more than ${limitBytes} bytes uncompressed`, { cause: error });
  }
}
