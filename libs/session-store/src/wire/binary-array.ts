import { ByteWriter } from './byte-writer';
import { type ColumnType, WIRE_FORMS } from './column-type';

const ONE_DIMENSION = 1;
const MAY_HOLD_NULLS = 1;
const FIRST_INDEX = 1;
const [HEADER_BYTES, LIKELY_BYTES] = [20, 24];

/** An array as a parameter that the driver sends as it is, for `$1::uuid[]`; null and undefined are null. */
export function binaryArray(type: ColumnType, values: readonly unknown[]): Buffer {
  const { oid, write } = WIRE_FORMS[type];
  const writer = new ByteWriter(HEADER_BYTES + values.length * LIKELY_BYTES);
  writer.int32(ONE_DIMENSION);
  writer.int32(MAY_HOLD_NULLS);
  writer.int32(oid);
  writer.int32(values.length);
  writer.int32(FIRST_INDEX);
  for (const value of values) {
    if (value === null || value === undefined) writer.int32(-1);
    else write(writer, value);
  }
  return writer.done();
}
