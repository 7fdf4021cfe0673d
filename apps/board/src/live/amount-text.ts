/** `1 socket`, `2 sockets`. */
export const amountText = (amount: number, one: string, many = `${one}s`) =>
  `${amount.toLocaleString('en')} ${amount === 1 ? one : many}`;
