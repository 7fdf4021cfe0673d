import { createServer } from 'node:http';
import Redis from 'ioredis';
import { Server } from 'socket.io';

interface Row {
  id: string;
  isGone?: boolean;
}

/** Socket.IO as it comes: gives the list to who asks, and emits every change to all as it comes. */
async function main({ PORT = '0', REDIS_URL = '', CHANNEL = '' }: NodeJS.ProcessEnv): Promise<void> {
  const rows = new Map<string, Row>();
  const http = createServer();
  const server = new Server(http);
  server.on('connection', (socket) => {
    socket.on('list', (_nothing: null, answer: (rows: Row[]) => void) => answer([...rows.values()]));
  });
  const redis = new Redis(REDIS_URL);
  redis.on('message', (_channel: string, text: string) => {
    const row = JSON.parse(text) as Row;
    if (row.isGone) rows.delete(row.id);
    else rows.set(row.id, row);
    server.emit(row.isGone ? 'remove' : 'change', row);
  });
  await redis.subscribe(CHANNEL);
  http.listen(Number(PORT), '127.0.0.1');
}

void main(process.env);
