import { Injectable } from '@nestjs/common';
import { describeError } from './log/describe-error';

/** Looks at one dependency: resolves with facts to show when it is usable, rejects with the reason when it is not. */
export type Probe = () => Promise<Record<string, unknown>>;

export interface ProbeResult {
  name: string;
  ok: boolean;
  error?: string;
  [fact: string]: unknown;
}

const PROBE_TIMEOUT_MS = 2000;

/** The dependencies of this process and whether each can be used now. Ready = all of them and not shutting down. */
@Injectable()
export class Readiness {
  private readonly probes = new Map<string, Probe>();
  private closing = false;
  private looking: Promise<ProbeResult[]> | undefined;

  add(name: string, probe: Probe): void {
    this.probes.set(name, probe);
  }

  /** From here on not ready, so that balancers look elsewhere before connections close. */
  close(): void {
    this.closing = true;
  }

  async look(): Promise<{ ready: boolean; checks: ProbeResult[] }> {
    // Anybody may ask: those who ask meanwhile share the look, so a crowd does not become one at the dependencies.
    this.looking ??= this.probe().finally(() => {
      this.looking = undefined;
    });
    const checks = [...(await this.looking)];
    if (this.closing) checks.push({ name: 'process', ok: false, error: 'shutting down' });
    return { ready: checks.every((check) => check.ok), checks };
  }

  private probe(): Promise<ProbeResult[]> {
    return Promise.all([...this.probes].map(([name, probe]) => run(name, probe)));
  }
}

async function run(name: string, probe: Probe): Promise<ProbeResult> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PROBE_TIMEOUT_MS} ms`)), PROBE_TIMEOUT_MS);
  });
  try {
    return { ...(await Promise.race([probe(), timeout])), name, ok: true };
  } catch (error) {
    return { name, ok: false, error: describeError(error) };
  } finally {
    clearTimeout(timer);
  }
}
