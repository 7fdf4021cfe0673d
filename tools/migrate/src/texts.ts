import { type MigrateNews, type MigrationPlan, migrationName } from '#libs/session-store';
import { printable } from '#tools/terminal';

/** What would be run. */
export function planText({ from, to, migrations, foldsTexts }: MigrationPlan): string {
  const steps = migrations.map(
    (one) =>
      `  ${migrationName(one)}${one.transaction === false ? ', outside a transaction' : ''}${
        one.compatibleFrom === undefined ? '' : '; session-lifecycle must be stopped for it'
      }`,
  );
  if (foldsTexts) steps.push('  the folding of texts; session-lifecycle must be stopped for it');
  const at = from === null ? 'the schema is empty' : `the schema is at ${from}`;
  if (steps.length === 0) return `${at}; this build needs ${to}: there is nothing to do\n`;
  return `${at}; this build needs ${to}. Would be run:\n${steps.join('\n')}\n`;
}

/** One line of what `migrate` tells; null: nothing that stays on the screen. */
export function newsText(news: MigrateNews): string | null {
  switch (news.kind) {
    case 'waits':
      return 'somebody else migrates this database; waiting until that is done';
    case 'begins':
      return null;
    case 'blocked':
      return `${news.step} waits for a lock that ${printable(news.by)} holds`;
    case 'says':
      return `${news.step}: ${printable(news.text)}`;
    case 'done':
      return `${news.step}: ${seconds(news.tookMs)}`;
  }
}

export function doneText(ran: readonly string[], tookMs: number): string {
  return `${ran.length} migrations run in ${seconds(tookMs)}; the schema is as this build needs it\n`;
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
