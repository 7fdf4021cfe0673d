import { Injectable } from '@nestjs/common';
import { describeError } from './log/describe-error';

/** What is shown of a dependency. `degraded`: why it is usable only in part, which makes nobody unready. */
export interface Facts {
  degraded?: string;
  [fact: string]: unknown;
}

/** Looks at one dependency: resolves with facts when it is usable, rejects with the reason when it is not. */
export type Probe = () => Promise<Facts>;

export interface ProbeResult extends Facts {
  name: string;
  ok: boolean;
  error?: string;
}

export interface Look {
  ready: boolean;
  /** `degraded`: it is ready, and one of its dependencies is usable only in part. */
  status: 'ok' | 'degraded' | 'unavailable';
  checks: ProbeResult[];
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

  async look(): Promise<Look> {
    // Anybody may ask: those who ask meanwhile share the look, so a crowd does not become one at the dependencies.
    this.looking ??= this.probe().finally(() => {
      this.looking = undefined;
    });
    const checks = [...(await this.looking)];
    if (this.closing) checks.push({ name: 'process', ok: false, error: 'shutting down' });
    return { ...statusOf(checks), checks };
  }

  private probe(): Promise<ProbeResult[]> {
    return Promise.all([...this.probes].map(([name, probe]) => run(name, probe)));
  }
}

function statusOf(checks: readonly ProbeResult[]): Pick<Look, 'ready' | 'status'> {
  if (checks.some(({ ok }) => !ok)) return { ready: false, status: 'unavailable' };
  return { ready: true, status: checks.some(({ degraded }) => degraded !== undefined) ? 'degraded' : 'ok' };
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
