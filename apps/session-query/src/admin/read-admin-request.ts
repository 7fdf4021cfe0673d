import { Refusal } from '#libs/service-host';

/** The number of a row in a path. Throws a Refusal: 404 if it is no number. `what` names the thing in the message. */
export function readRowId(params: unknown, what: string): string {
  const { id } = params as { id?: unknown };
  if (typeof id === 'string' && /^\d{1,18}$/.test(id)) return id;
  throw new Refusal(404, 'not_found', `there is no such ${what}: its name is a number`);
}
