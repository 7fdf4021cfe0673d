import { readConfig } from '#libs/service-host';
import { type RetentionPolicy, contradictingRetention, policyOf, retentionConfig } from '#libs/session-store';
import { z } from 'zod';

const schema = z.object(retentionConfig).superRefine((given, context) => {
  for (const [name, message] of contradictingRetention(given)) {
    context.addIssue({ code: 'custom', path: [name], message });
  }
});

/** How long what is kept, by the same variables as session-lifecycle has. Throws an error that says all that is wrong. */
export function readPolicy(): RetentionPolicy {
  return policyOf(readConfig(schema));
}
