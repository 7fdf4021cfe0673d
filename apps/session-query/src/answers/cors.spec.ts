import { Cors } from './cors';

describe('pages on other origins', () => {
  it('may read everything where none is named', () => {
    const cors = new Cors(undefined);
    expect(cors.headersFor('https://a.example')).toMatchObject({ 'access-control-allow-origin': '*' });
    expect(cors.headersFor(undefined)).toMatchObject({ 'access-control-allow-origin': '*' });
    expect(cors.vary).toEqual([]);
  });

  it('may read if they are named, and no others', () => {
    const cors = new Cors(['https://a.example']);
    expect(cors.headersFor('https://a.example')).toMatchObject({ 'access-control-allow-origin': 'https://a.example' });
    for (const other of ['https://a.example.evil.test', 'http://a.example', 'null', '', undefined]) {
      expect(cors.headersFor(other)).toEqual({});
      expect(cors.preflight(other)).toEqual({});
    }
    expect(cors.vary).toEqual(['Origin']);
    expect(cors.preflight('https://a.example')).toMatchObject({ 'access-control-allow-methods': 'GET, HEAD' });
  });
});
