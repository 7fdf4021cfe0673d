import { errors } from 'jose';

const BY_CLAIM: Record<string, string> = {
  aud: 'is not for this audience',
  iss: 'is not from the issuer that is expected here',
  nbf: 'is not valid yet',
};

/**
 * Why a token is refused, for its bearer: never what is expected instead, and nothing of a key. Claims are judged after
 * the signature, so whoever forges one learns no more than that. undefined: the token is not what is wrong.
 */
export function whyRefused(error: unknown): string | undefined {
  if (error instanceof errors.JWTExpired) return 'has expired';
  if (error instanceof errors.JWTClaimValidationFailed) return ofClaim(error);
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'has a signature that does not match';
  if (error instanceof errors.JWKSNoMatchingKey) return 'names no key (kid) that is known here';
  if (error instanceof errors.JOSEAlgNotAllowed) return 'is signed by an algorithm that is not accepted here';
  if (error instanceof errors.JOSENotSupported) return 'is signed in a way that is not accepted here';
  if (error instanceof errors.JWSInvalid || error instanceof errors.JWTInvalid) return 'is not a signed JWT';
  return undefined;
}

function ofClaim({ claim, reason }: errors.JWTClaimValidationFailed): string {
  if (reason === 'missing') return `lacks the claim ${claim}`;
  if (reason === 'invalid') return `has a claim ${claim} of the wrong form`;
  return BY_CLAIM[claim] ?? `has a claim ${claim} that is not accepted here`;
}
