import { readFileSync } from 'node:fs';
import type { KafkaSecurity } from '#libs/event-log';
import { flag } from '#libs/service-host';
import { z } from 'zod';

/** PEM as it is, or from the file that is named. */
const pem = z.string().transform((given, context) => {
  const text = given.includes('-----BEGIN') ? given.replaceAll('\\n', '\n') : readOrEmpty(given);
  if (text.includes('-----BEGIN CERTIFICATE-----')) return text;
  context.addIssue({ code: 'custom', message: 'must be a PEM certificate or a file that has one' });
  return z.NEVER;
});

export const kafkaSecurityConfig = {
  KAFKA_TLS: flag.default(false),
  /** Whom to trust instead of the system's authorities. */
  KAFKA_TLS_CA: pem.optional(),
  KAFKA_SASL_MECHANISM: z
    .enum(['plain', 'scram-sha-256', 'scram-sha-512'], { error: 'must be plain, scram-sha-256 or scram-sha-512' })
    .optional(),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: z.string().optional(),
};

type Given = z.output<z.ZodObject<typeof kafkaSecurityConfig>>;

/** What is given by halves, as the name of the variable and what is wrong with it. */
export function halfSecurity(given: Partial<Given>): [keyof Given, string][] {
  const problems: [keyof Given, string][] = [];
  const wantsSasl = given.KAFKA_SASL_MECHANISM !== undefined;
  for (const name of ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'] as const) {
    if (wantsSasl && given[name] === undefined) problems.push([name, 'is needed with KAFKA_SASL_MECHANISM']);
    if (!wantsSasl && given[name] !== undefined) problems.push([name, 'is of no use without KAFKA_SASL_MECHANISM']);
  }
  if (given.KAFKA_TLS_CA !== undefined && given.KAFKA_TLS !== true) {
    problems.push(['KAFKA_TLS_CA', 'is of no use without KAFKA_TLS=true']);
  }
  return problems;
}

export function kafkaSecurity(given: Given): KafkaSecurity {
  const { KAFKA_TLS, KAFKA_TLS_CA: ca } = given;
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = given;
  return {
    ...(KAFKA_TLS && { tls: ca === undefined ? {} : { ca } }),
    ...(mechanism && username !== undefined && password !== undefined && { sasl: { mechanism, username, password } }),
  };
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
