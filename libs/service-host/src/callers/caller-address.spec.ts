import type { Socket } from 'node:net';
import { callerAddress, networkOf } from './caller-address';

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

  it.each([
    ['1.1.1.1:443', '1.1.1.1'],
    ['[2001:db8::1]:443', '2001:db8::1'],
    ['2001:0DB8:0:0:0:0:0:1', '2001:db8::1'],
    ['::ffff:1.1.1.1', '1.1.1.1'],
    ['::FFFF:101:101', '1.1.1.1'],
    ['fe80::1%eth0', 'fe80::1'],
    ['unknown', '10.0.0.9'],
    ['_hidden', '10.0.0.9'],
    ['1.1.1', '10.0.0.9'],
    ['', '10.0.0.9'],
    ['x'.repeat(5000), '10.0.0.9'],
  ])('is one spelling of %s', (forwarded, address) => {
    expect(callerAddress(request(forwarded), 1)).toBe(address);
  });
});

describe('the network of an address', () => {
  it.each([
    ['10.0.0.9', '10.0.0.9'],
    ['2001:db8::1', '2001:db8:0:0'],
    ['2001:db8:0:0:ff::2', '2001:db8:0:0'],
    ['2001:db8:0:1::1', '2001:db8:0:1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['::1', '0:0:0:0'],
    ['1::2:3:4:5:6', '1:0:0:2'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2'],
    ['fe80::1%eth0', 'fe80:0:0:0'],
    ['::ffff:10.0.0.1', '10.0.0.1'],
    ['unknown', 'unknown'],
  ])('of %s is %s', (address, network) => {
    expect(networkOf(address)).toBe(network);
  });
});
