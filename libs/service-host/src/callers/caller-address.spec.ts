import type { Socket } from 'node:net';
import { callerAddress } from './caller-address';

const request = (forwarded?: string) => ({
  headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  socket: { remoteAddress: '10.0.0.9' } as Socket,
});

describe('where a connection comes from', () => {
  it('is what the trusted proxies saw, never what the caller wrote', () => {
    expect(callerAddress(request('1.1.1.1'), 0)).toBe('10.0.0.9');
    expect(callerAddress(request('6.6.6.6, 1.1.1.1'), 1)).toBe('1.1.1.1');
    expect(callerAddress(request('6.6.6.6, 1.1.1.1, 10.0.0.8'), 2)).toBe('1.1.1.1');
    expect(callerAddress(request(), 1)).toBe('10.0.0.9');
    expect(callerAddress(request('1.1.1.1'), 3)).toBe('10.0.0.9');
  });
});
