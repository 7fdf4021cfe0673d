import NumberFlow from '@number-flow/react';

/** A number whose digits roll; a chunk of its own, since the number can be read before it can roll. */
export default function BigNumber({ value }: { value: number }) {
  return <NumberFlow value={value} locales="en" />;
}
