import type { IngestAnswer, QuarantinedWhole, ReplayAnswer, ReplayedRangeAnswer } from '#libs/contracts';
import type { AdminClient } from './admin-client';
import type { Command, Selection } from './flags';
import { type Listed, listText, replayText, replayedRangeText, showText, statusText } from './texts';

type Replayed = ReplayAnswer['data'];

const PER_REPLAY = 200;

/** Runs a command; gives what to print. Rejects with what is wrong, for a person. */
export async function run(
  command: Exclude<Command, { name: 'help' }>,
  admin: AdminClient,
  json: boolean,
): Promise<string> {
  const told = <T>(data: T, text: (data: T) => string) => (json ? `${JSON.stringify(data, null, 2)}\n` : text(data));
  switch (command.name) {
    case 'status':
      return told(await admin.get<IngestAnswer['data']>('ingest'), statusText);
    case 'list': {
      const { selection, state, limit } = command;
      return told(await admin.get<Listed>('quarantine', { ...selection, state, limit }), listText);
    }
    case 'show':
      return told(await admin.get<QuarantinedWhole>(`quarantine/${encodeURIComponent(command.id)}`), showText);
    case 'replay':
      return told(await replayAll(command, admin), replayText);
    case 'discard':
      return told(
        await admin.post<{ done: string }>(`quarantine/${encodeURIComponent(command.id)}/discard`, {
          why: command.why,
        }),
        doneText,
      );
    case 'replay-range': {
      const path = `quarantine/ranges/${encodeURIComponent(command.id)}/replay`;
      return told(await admin.post<ReplayedRangeAnswer['data']>(path, whyOf(command)), replayedRangeText);
    }
    case 'discard-range': {
      const path = `quarantine/ranges/${encodeURIComponent(command.id)}/discard`;
      return told(await admin.post<{ done: string }>(path, { why: command.why }), doneText);
    }
    case 'resume':
      return told(
        await admin.post<{ done: string }>(`topics/${encodeURIComponent(command.topic)}/resume`, {
          minutes: command.minutes,
          ...whyOf(command),
        }),
        doneText,
      );
  }
}

/** In parts, so that no request takes long. */
async function replayAll(
  { ids, selection, why }: { ids: string[]; selection: Selection; why: string | undefined },
  admin: AdminClient,
): Promise<Omit<Replayed, 'next_after'>> {
  const asked = ids.length > 0 ? { ids } : selection;
  const all = { replayed: [] as string[], still: [] as Replayed['still'], unknown: [] as string[] };
  let after: string | null | undefined;
  do {
    const part: Replayed = await admin.post<Replayed>('quarantine/replay', {
      ...asked,
      ...whyOf({ why }),
      limit: PER_REPLAY,
      ...(after != null && { after }),
    });
    all.replayed.push(...part.replayed);
    all.still.push(...part.still);
    all.unknown.push(...part.unknown);
    after = part.next_after;
  } while (after !== null);
  return all;
}

/** Nothing where it was not said. */
function whyOf({ why }: { why: string | undefined }): { why?: string } {
  return why === undefined ? {} : { why };
}

function doneText({ done }: { done: string }): string {
  return `${done}\n`;
}
