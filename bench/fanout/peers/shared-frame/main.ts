import { type WebSocket, WebSocketServer } from 'ws';

/** What ws itself writes with, past the building of a frame for each client. */
interface Sender {
  _sender: { sendFrame: (list: Buffer[]) => void };
}

const EVERY_MS = 250;
const SLICE = 500;

/** The floor: one frame, built beforehand, written as it is to sockets of bare ws, four times a second. */
function main({ PORT = '0', FRAME_BYTES = '1000' }: NodeJS.ProcessEnv): void {
  const server = new WebSocketServer({ host: '127.0.0.1', port: Number(PORT), perMessageDeflate: false });
  const payload = Math.max(126, Number(FRAME_BYTES));
  const frame = Buffer.alloc(4 + payload, 'x');
  frame[0] = 0x81;
  frame[1] = 126;
  frame.writeUInt16BE(payload, 2);
  const write = (sockets: WebSocket[]): void => {
    for (const socket of sockets.slice(0, SLICE)) (socket as unknown as Sender)['_sender'].sendFrame([frame]);
    if (sockets.length > SLICE) setImmediate(write, sockets.slice(SLICE));
  };
  setInterval(() => write([...server.clients]), EVERY_MS);
}

main(process.env);
