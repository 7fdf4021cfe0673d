// Shows /asyncapi.json: every channel, what is said on it and by whom, its fields and an example. Text only: nothing of
// the document is taken for markup.
const main = document.querySelector('#document');

const api = await fetch('/asyncapi.json').then((answer) => answer.json());

/** What a `$ref` stands for. */
function resolved(part) {
  if (!part?.$ref) return part;
  return resolved(
    part.$ref
      .slice(2)
      .split('/')
      .reduce((at, name) => at[name.replaceAll('~1', '/').replaceAll('~0', '~')], api),
  );
}

function element(name, content = [], attributes = {}) {
  const made = Object.assign(document.createElement(name), attributes);
  made.append(...[content].flat());
  return made;
}

/** Paragraphs, lists and `code` of a description. */
function described(text = '') {
  return text.split(/\n\n+/).map((block) => {
    const items = block.split(/^- /m).slice(1);
    if (items.length > 0)
      return element(
        'ul',
        items.map((item) => element('li', inline(item))),
      );
    return element('p', inline(block));
  });
}

function inline(text) {
  return text.split('`').map((part, index) => (index % 2 ? element('code', part) : part));
}

/** The type of a schema in a few words. */
function typeOf(schema) {
  if (schema.$ref) return schema.$ref.split('/').at(-1);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return choices.map(typeOf).join(' or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((value) => JSON.stringify(value)).join(' or ');
  if (Array.isArray(schema.items)) return `[${schema.items.map(typeOf).join(', ')}]`;
  if (schema.type === 'array') return `list of ${typeOf(schema.items ?? {})}`;
  return [schema.format ?? schema.type ?? 'anything'].flat().join(' or ');
}

/** What bounds the values of a schema. */
function boundsOf(schema) {
  const [shape] = [schema.anyOf?.find(({ type }) => type !== 'null') ?? schema];
  const bounds = [
    ['minLength', 'at least', 'characters'],
    ['maxLength', 'at most', 'characters'],
    ['minimum', 'from', ''],
    ['maximum', 'to', ''],
    ['minItems', 'at least', 'items'],
    ['maxItems', 'at most', 'items'],
  ];
  return bounds
    .filter(([name]) => shape[name] !== undefined)
    .map(([name, before, after]) => `${before} ${shape[name]} ${after}`.trim())
    .join(', ');
}

/** The fields of a schema, those of objects inside it by their path. */
function fieldsOf(schema, path = '') {
  const shape = resolved(schema);
  const inner = shape.properties ? shape : resolved(shape.anyOf?.find((one) => resolved(one).properties));
  return Object.entries(inner?.properties ?? {}).flatMap(([name, field]) => {
    const place = path ? `${path}.${name}` : name;
    const row = [place, typeOf(field), inner.required?.includes(name) ? 'always' : '', boundsOf(field)];
    return [row, ...(field.$ref ? [] : fieldsOf(field, place))];
  });
}

function table(schema) {
  const cells = (row, name) =>
    element(
      'tr',
      row.map((cell) => element(name, cell)),
    );
  const rows = fieldsOf(schema).map((row) => cells(row, 'td'));
  return element('table', [
    element('thead', cells(['field', 'type', 'there', 'bounds'], 'th')),
    element('tbody', rows),
  ]);
}

/** How a message is used: by whom it is said, and what is said to it. */
function wayOf(reference) {
  for (const { action, messages, reply, channel } of Object.values(api.operations)) {
    const said =
      messages ?? Object.keys(resolved(channel).messages).map((name) => ({ $ref: `${channel.$ref}/messages/${name}` }));
    if (said.some(({ $ref }) => $ref === reference)) return action === 'receive' ? 'to Marquee' : 'from Marquee';
    if (reply?.messages.some(({ $ref }) => $ref === reference)) return 'ack of Marquee';
  }
  return '';
}

function message(channel, name) {
  const { title, summary, payload, examples = [] } = resolved(api.channels[channel].messages[name]);
  const way = wayOf(`#/channels/${channel}/messages/${name}`);
  return element(
    'article',
    [
      element('h3', [`${title} `, element('span', way, { className: 'way' })]),
      ...described(summary),
      table(payload),
      element('details', [
        element('summary', 'Example'),
        ...examples.map((one) => element('pre', JSON.stringify(one.payload, null, 2))),
      ]),
    ],
    { id: `${channel}-${name}` },
  );
}

function section([name, channel]) {
  return element(
    'section',
    [
      element('h2', channel.title ?? channel.address),
      ...described(channel.description),
      ...Object.keys(channel.messages).map((each) => message(name, each)),
    ],
    { id: name },
  );
}

/** The shapes that messages hold. */
function parts() {
  const shown = new Set(Object.values(api.components.messages).map(({ payload }) => payload.$ref.split('/').at(-1)));
  const held = Object.entries(api.components.schemas).filter(([name]) => !shown.has(name));
  return element('section', [
    element('h2', 'Shapes'),
    ...held.map(([name, schema]) => element('article', [element('h3', name), table(schema)], { id: name })),
  ]);
}

main.replaceChildren(
  element('h1', [`${api.info.title} `, element('small', `AsyncAPI ${api.asyncapi}`)]),
  ...described(api.info.description),
  element('p', element('a', 'asyncapi.json', { href: '/asyncapi.json' })),
  ...Object.entries(api.channels).map(section),
  parts(),
);
