import { runCommand } from '#tools/terminal';
import { ProgressBar, SILENT } from './check-progress';
import { USAGE, type VerifyFlags, readCommand } from './flags';
import { repair } from './repair';
import { exitCodeOf } from './report';
import { reportText } from './report-text';
import { verify } from './verify';

async function run(flags: VerifyFlags | 'help'): Promise<string> {
  if (flags === 'help') return USAGE;
  const { places, json } = flags;
  const progress = process.stderr.isTTY ? new ProgressBar(process.stderr) : SILENT;
  const verified = await verify(places, progress);
  const report = flags.repair ? await repair(places, verified, progress) : verified.report;
  process.exitCode = exitCodeOf(report);
  return json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report);
}

void runCommand({ read: (args) => readCommand(args, process.env), usage: USAGE, run, failureCode: 2 })
  // Connections that are being given up would keep it waiting.
  .finally(() => process.stdout.write('', () => process.exit()));
