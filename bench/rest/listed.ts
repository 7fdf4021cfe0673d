/** What everybody's lists have in common. */
interface ListBody {
  data: { sessions: { id: string }[]; total: number };
}

/** Up to here totals are counted; beyond it they may be estimates. */
const COUNTED = 10_000;

/** Which sessions a list shows and how many there are in all, as a text that equal lists share. */
export function listedText(body: string): string {
  const { data } = JSON.parse(body) as ListBody;
  return `${data.total > COUNTED ? 'many' : data.total}: ${data.sessions.map(({ id }) => id).join(' ')}`;
}
