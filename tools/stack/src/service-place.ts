import { freePort } from './port';

/** Where a service listens on this machine, as its environment says it, and where it is found then. */
export interface ServicePlace {
  env: { HOST: string; PORT: string; OPERATIONS_PORT: string };
  url: string;
  /** Of `/metrics` and of the details of its readiness. */
  operationsUrl: string;
}

const HOST = '127.0.0.1';

export function servicePlace(port: number, operationsPort: number): ServicePlace {
  return {
    env: { HOST, PORT: String(port), OPERATIONS_PORT: String(operationsPort) },
    url: `http://${HOST}:${port}`,
    operationsUrl: `http://${HOST}:${operationsPort}`,
  };
}

/** A place that nobody else has now. */
export async function freeServicePlace(): Promise<ServicePlace> {
  return servicePlace(await freePort(), await freePort());
}
