import { AT_THE_COMMAND_LINE } from '#libs/contracts';
import { Acts, type ApiKey, ApiKeys, createDataSource, demandSchema } from '#libs/session-store';
import { meantDatabaseUrl } from '#tools/stack';
import { runCommand } from '#tools/terminal';
import type { DataSource } from 'typeorm';
import { type Command, USAGE, readCommand } from './flags';
import { createdText, listText } from './texts';

async function run(command: Command): Promise<string> {
  if (command.name === 'help') return USAGE;
  const source = createDataSource({ url: meantDatabaseUrl(), name: 'keys', poolSize: 1 });
  await source.initialize();
  try {
    await demandSchema(source, { writes: false });
    return await answer(command, source);
  } finally {
    await source.destroy();
  }
}

async function answer(command: Exclude<Command, { name: 'help' }>, source: DataSource): Promise<string> {
  const keys = new ApiKeys(source);
  switch (command.name) {
    case 'create': {
      const { id, text } = await keys.create(command.key);
      return command.json ? json({ id, key: text, ...command.key }) : createdText(id, text, command.key);
    }
    case 'list': {
      const all: ApiKey[] = await keys.list();
      return command.json ? json(all) : listText(all);
    }
    case 'revoke': {
      const { id, why } = command;
      if (!(await keys.revoke(id))) throw new Error(`there is no key ${id} in force`);
      const act = { what: 'revoke_key' as const, of: { id }, why, who: AT_THE_COMMAND_LINE };
      await new Acts(source).note(act, { state: 'done', result: { revoked: id } });
      return command.json ? json({ revoked: id }) : `${id} is revoked; it opens nothing within seconds\n`;
    }
  }
}

function json(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

void runCommand({ read: readCommand, usage: USAGE, run });
