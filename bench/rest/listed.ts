/** What everybody's lists have in common. */
interface ListBody {
  data: { sessions: { id: string }[]; total: number };
}

/** Which sessions a list shows and how many there are in all, as a text that equal lists share. */
export function listedText(body: string): string {
  const { data } = JSON.parse(body) as ListBody;
  return `${data.total}: ${data.sessions.map(({ id }) => id).join(' ')}`;
}
