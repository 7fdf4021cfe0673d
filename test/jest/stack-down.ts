import { rmSync } from 'node:fs';
import './stack-up';

export default async function stackDown(): Promise<void> {
  const running = globalThis.marqueeTestStack;
  if (!running) return;
  globalThis.marqueeTestStack = undefined;
  await running.stack.stop();
  rmSync(running.directory, { recursive: true, force: true });
}
