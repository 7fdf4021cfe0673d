/** A command of the terminal. */
export interface Line<T> {
  /** Of the words after its name. Throws what is wrong with them. */
  read: (args: string[]) => T;
  usage: string;
  /** Gives what is printed in the end. Throws why it could not be done. */
  run: (command: T) => Promise<string>;
  /** The exit code when it could not be done (default 1). */
  failureCode?: number;
}

/** Runs the command line that this process was given; exits with 2 when that is wrong. */
export async function runCommand<T>({ read, usage, run, failureCode = 1 }: Line<T>): Promise<void> {
  let command: T;
  try {
    command = read(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${said(error)}\n\n${usage}`);
    process.exitCode = 2;
    return;
  }
  try {
    process.stdout.write(await run(command));
  } catch (error) {
    process.stderr.write(`${said(error)}\n`);
    process.exitCode = failureCode;
  }
}

function said(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message || (error as { code?: string }).code || error.name;
}
