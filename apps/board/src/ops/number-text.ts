export const msText = (value: number) => (value < 1000 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`);

export const wholeText = (value: number) => value.toLocaleString('en');

/** `0.14 %`: of a small share the first digits that are not 0 tell it from its goal. `share`: 0 to 1. */
export const shareText = (share: number) => `${(share * 100).toLocaleString('en', { maximumSignificantDigits: 3 })} %`;
