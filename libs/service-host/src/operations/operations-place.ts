import { ConfigError } from '../config';

const ABOVE_THE_PUBLIC = 1000;
const LAST_PORT = 65_535;

/** Where a process is operated, as configured: by default 1000 above its public port, on the same host. */
export function operationsPlace(config: {
  HOST: string;
  PORT: number;
  OPERATIONS_HOST?: string | undefined;
  OPERATIONS_PORT?: number | undefined;
}): { host: string; port: number } {
  const { HOST, PORT, OPERATIONS_HOST = HOST, OPERATIONS_PORT = besides(PORT) } = config;
  if (OPERATIONS_PORT === PORT && PORT !== 0) throw new ConfigError(['OPERATIONS_PORT: must be another than PORT']);
  return { host: OPERATIONS_HOST, port: OPERATIONS_PORT };
}

/** 0, any free port, beside 0. */
function besides(port: number): number {
  if (port === 0) return 0;
  return port + ABOVE_THE_PUBLIC > LAST_PORT ? port - ABOVE_THE_PUBLIC : port + ABOVE_THE_PUBLIC;
}
