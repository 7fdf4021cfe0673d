import { execFile } from 'node:child_process';
import { join } from 'node:path';

/** How a command ended, and all that it printed. */
export interface Ended {
  code: number;
  out: string;
  err: string;
}

/** Runs `npm run TOOL` as it was built, in a process of its own that has no other environment than `env`. */
export function runTool(tool: string, args: string[], env: NodeJS.ProcessEnv): Promise<Ended> {
  const main = join(__dirname, '..', '..', 'dist', 'tools', tool, 'src', 'main.js');
  const options = { env: { PATH: process.env['PATH'], ...env } };
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [main, ...args], options, (error, out, err) => {
      const code = error === null ? 0 : error.code;
      // Killed by a signal, or not even started: that is no way to end.
      if (typeof code === 'number') resolve({ code, out, err });
      else reject(error);
    });
  });
}
