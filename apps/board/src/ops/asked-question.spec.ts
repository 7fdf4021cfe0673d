import { questionText, searchOf } from './asked-question';

describe('the question of a view', () => {
  const question = JSON.stringify({ status: ['live'], q: 'ramen', host_id: null, limit: 50 });

  it('leads to the list that asks the same', () => {
    expect(searchOf(question)).toBe('status=live&q=ramen');
    expect(questionText(question)).toBe('status=live q=ramen limit=50');
  });

  it('that is not told whole leads to no list: it would be another one', () => {
    expect(searchOf(question.slice(0, 20))).toBeUndefined();
    expect(questionText(question.slice(0, 20))).toBe(question.slice(0, 20));
  });
});
