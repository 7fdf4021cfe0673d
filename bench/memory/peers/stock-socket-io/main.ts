import { createServer } from 'node:http';
import { Server } from 'socket.io';

/** Socket.IO as it comes, each socket in a room. */
function main({ PORT = '0' }: NodeJS.ProcessEnv): void {
  const http = createServer();
  const server = new Server(http);
  server.on('connection', (socket) => void socket.join('sessions'));
  http.listen(Number(PORT), '127.0.0.1');
}

main(process.env);
