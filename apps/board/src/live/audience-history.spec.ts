import { AudienceHistory } from './audience-history';

const NOW = Date.UTC(2026, 10, 29, 12, 0, 17, 345);

describe('the audience of late', () => {
  let history: AudienceHistory;
  let asked: string[];
  let answers: ((answer: Response) => void)[];
  const nothing = () => undefined;
  const answer = async () => {
    answers.shift()?.(Response.json({ data: { points: [] } }));
    for (let turns = 0; turns < 50; turns++) await Promise.resolve();
  };

  beforeEach(() => {
    [asked, answers, history] = [[], [], new AudienceHistory()];
    jest.spyOn(Date, 'now').mockReturnValue(NOW);
    jest.spyOn(globalThis, 'fetch').mockImplementation(((url: string) => {
      asked.push(url);
      return new Promise<Response>((resolve) => answers.push(resolve));
    }) as typeof fetch);
  });
  afterEach(() => jest.restoreAllMocks());

  it('is asked from a half minute on, so that all who ask in it ask the same', () => {
    history.subscribe('a', nothing);
    history.ask('a');
    expect(asked).toEqual(['/sessions/a/viewers?step=30&from=2026-11-29T11:30:00.000Z']);
  });

  it('is asked for two at once, and not for those who are seen no more when it is their turn', async () => {
    const leave = ['a', 'b', 'c', 'd'].map((id) => history.subscribe(id, nothing));
    for (const id of ['a', 'b', 'c', 'd']) history.ask(id);
    const ids = () => asked.map((url) => url.split('/')[2]);
    expect(ids()).toEqual(['a', 'b']);
    leave[2]?.();
    await answer();
    expect(ids()).toEqual(['a', 'b', 'd']);
    history.subscribe('c', nothing);
    history.ask('c');
    history.ask('a');
    await answer();
    expect(ids()).toEqual(['a', 'b', 'd', 'c']);
  });
});
