import type { SentEvent } from './event-kinds';

export interface Sample {
  name: string;
  text: string;
}

/** The same event, sent from other languages; filled in. */
export function samplesOf(event: SentEvent, events: string): [Sample, ...Sample[]] {
  const json = JSON.stringify(event, null, 2);
  const { type, subject, data } = event;
  const said = JSON.stringify({ type, subject, ...(data && { data }) }, null, 2);
  return [
    {
      name: 'SDK',
      text: `import { Marquee } from '@marquee/client';\nconst marquee = new Marquee({ events: '${events}', source: '/board', apiKey });\nawait marquee.emit(${said});`,
    },
    {
      name: 'curl',
      text: `curl ${events}/events -H "X-API-Key: $KEY" \\\n  -H 'Content-Type: application/cloudevents+json' \\\n  -d '${JSON.stringify(event)}'`,
    },
    {
      name: 'Python',
      text: `import os, requests\nevent = ${python(json)}\nrequests.post('${events}/events', json=event, headers={\n    'X-API-Key': os.environ['KEY'],\n    'Content-Type': 'application/cloudevents+json',\n}).raise_for_status()`,
    },
    {
      name: 'Kafka',
      text: `# key and subject are the same; the broker's acks are the answer\necho '${JSON.stringify(event)}' |\n  kcat -P -b $BROKER -t marquee.${type.startsWith('viewers') ? 'viewers' : 'sessions'} -k ${subject}`,
    },
  ];
}

function python(json: string): string {
  return json
    .replace(/: true\b/g, ': True')
    .replace(/: false\b/g, ': False')
    .replace(/: null\b/g, ': None');
}
