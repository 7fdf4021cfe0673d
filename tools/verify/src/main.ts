import { messageOf } from './could-not-look';
import { type Places, USAGE, readFlags } from './flags';
import { ProgressBar, SILENT } from './check-progress';
import { repair } from './repair';
import { type Report, exitCodeOf } from './report';
import { reportText } from './report-text';
import { verify } from './verify';

async function main(): Promise<void> {
  let flags: ReturnType<typeof readFlags>;
  try {
    flags = readFlags(process.argv.slice(2), process.env);
  } catch (error) {
    process.stderr.write(`${messageOf(error)}\n\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  if (flags === 'help') return void process.stdout.write(USAGE);
  const { places, json } = flags;
  const report = await run(places, flags.repair);
  process.stdout.write(json ? `${JSON.stringify(report, null, 2)}\n` : reportText(report));
  process.exitCode = exitCodeOf(report);
}

async function run(places: Places, repairs: boolean): Promise<Report> {
  const progress = process.stderr.isTTY ? new ProgressBar(process.stderr) : SILENT;
  const verified = await verify(places, progress);
  return repairs ? repair(places, verified, progress) : verified.report;
}

main()
  .catch((error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exitCode = 2;
  })
  // Connections that are being given up would keep it waiting.
  .finally(() => process.stdout.write('', () => process.exit()));
