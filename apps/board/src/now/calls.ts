import { type Question, isLive, restPath, viewOf } from '../live/question';

interface Call {
  name: string;
  text: string;
}

/** The ways to ask what the page asks, to be copied and run. What only REST answers has fewer. */
export function callsOf(question: Question, { api, gateway }: { api: string; gateway: string }): [Call, ...Call[]] {
  const path = restPath(question);
  const curl: Call = { name: 'curl', text: `curl -s '${api}${path}&limit=100'` };
  if (!isLive(question)) {
    const query = JSON.stringify(Object.fromEntries(new URLSearchParams(path.split('?')[1])));
    const list = `for await (const session of marquee.list(${query})) console.log(session.title);`;
    return [{ name: 'SDK', text: `${sdk(`{ api: '${api}' }`)}\n${list}` }, curl];
  }
  const view = JSON.stringify(viewOf(question));
  const live = `marquee.live(${view}, ({ sessions, total, state }) => {\n  console.log(state, total, sessions[0]?.title);\n});`;
  const stream = path.replace('/sessions?', '/sessions/stream?');
  const subscribe = `socket.emit('subscribe', { v: 1, query: ${view} }, console.log);`;
  return [
    { name: 'SDK', text: `${sdk(`{ gateway: '${gateway}' }`)}\n${live}` },
    curl,
    { name: 'SSE', text: `curl -sN '${api}${stream}&limit=200'` },
    {
      name: 'Socket',
      text: `import { io } from 'socket.io-client';\nconst socket = io('${gateway}', { transports: ['websocket'] });\nsocket.on('snapshot', console.log);\nsocket.on('delta', console.log);\n${subscribe}`,
    },
  ];
}

function sdk(options: string): string {
  return `import { Marquee } from '@marquee/client';\nconst marquee = new Marquee(${options});`;
}
