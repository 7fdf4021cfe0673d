/** What a caller may see beyond what everybody sees. */
export interface Audience {
  /** A host's e-mail, external id and organization. */
  privateFields: boolean;
  /** Counts and peaks that a preset hides. */
  hiddenCounts: boolean;
}

export const PUBLIC: Audience = { privateFields: false, hiddenCounts: false };
/** Of a key that shows private fields in REST; what a preset hides stays hidden there, whoever asks. */
export const KEYED: Audience = { privateFields: true, hiddenCounts: false };

/** `jane@example.com` → `j•••@example.com`. */
export function maskEmail(email: string): string {
  const at = email.lastIndexOf('@');
  const [first = ''] = email;
  return at < 1 ? '•••' : `${first}•••${email.slice(at)}`;
}
