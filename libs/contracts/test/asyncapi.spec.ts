import { Parser } from '@asyncapi/parser';
import { EVENT_TYPES, asyncApiDocument, readEnvelope } from '../src';
import { EXAMPLE_EVENTS, EXAMPLE_FRAMES } from '../src/documents/async-examples';
import { EVENT_COMPONENTS, SOCKET_COMPONENTS } from '../src/documents/component-schemas';

describe('the AsyncAPI document', () => {
  it('is valid by the official parser', async () => {
    const source = JSON.stringify(asyncApiDocument());
    const { document, diagnostics } = await new Parser().parse(source);
    expect(diagnostics).toEqual([]);
    expect(
      document
        ?.channels()
        .all()
        .map((channel) => channel.id()),
    ).toEqual(['sessions', 'viewers', 'directory', 'socket']);
    const broken = source.replace('"action":"send"', '"action":"shout"');
    expect((await new Parser().parse(broken)).document).toBeUndefined();
  });

  it('has every event type and every shape of the socket', () => {
    const types = Object.values(EVENT_COMPONENTS).map((schema) => schema.shape.type.value as string);
    expect(types.sort()).toEqual([...EVENT_TYPES.keys()].sort());
    const parts = ['Card', 'ViewQuery'];
    expect(Object.keys(EXAMPLE_FRAMES).sort()).toEqual(
      Object.keys(SOCKET_COMPONENTS)
        .filter((name) => !parts.includes(name))
        .sort(),
    );
  });

  it.each(Object.entries(EXAMPLE_EVENTS))('shows an example of %s that is one', (name, example) => {
    expect(readEnvelope(example).ok).toBe(true);
    expect(EVENT_COMPONENTS[name as keyof typeof EXAMPLE_EVENTS].safeParse(example).error).toBeUndefined();
  });

  it.each(Object.entries(EXAMPLE_FRAMES))('shows an example of %s that is one', (name, example) => {
    expect(SOCKET_COMPONENTS[name as keyof typeof EXAMPLE_FRAMES].safeParse(example).error).toBeUndefined();
  });
});
