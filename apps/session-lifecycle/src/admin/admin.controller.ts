import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import {
  AT_THE_COMMAND_LINE,
  type Act,
  discardBody,
  quarantineQuery,
  replayBody,
  replayRangeBody,
  resumeBody,
} from '#libs/contracts';
import { Refusal, parseOrRefuse } from '#libs/service-host';
import { Acts, failureKind } from '#libs/session-store';
import { Preparation } from '../preparation/preparation';
import { AdminGuard } from './admin.guard';
import { IngestAdmin } from './ingest-admin';

const BODY = 'invalid_body';
/** Why, of who did not say. */
const NOT_SAID = 'not said';

/** What `npm run quarantine` speaks to; needs the admin key. */
@Controller('admin')
@UseGuards(AdminGuard)
export class AdminController {
  constructor(
    private readonly preparation: Preparation,
    private readonly admin: IngestAdmin,
    private readonly acts: Acts,
  ) {}

  @Get('ingest')
  @Header('cache-control', 'no-store')
  ingest(): Promise<object> {
    return this.answer((admin) => admin.status());
  }

  @Get('quarantine')
  @Header('cache-control', 'no-store')
  list(@Query() query: unknown): Promise<object> {
    return this.answer((admin) => admin.list(parseOrRefuse(quarantineQuery, query)));
  }

  @Get('quarantine/:id')
  @Header('cache-control', 'no-store')
  show(@Param('id') id: string): Promise<object> {
    return this.answer((admin) => admin.show(rowId(id)));
  }

  @Post('quarantine/replay')
  @HttpCode(200)
  replay(@Body() body: unknown): Promise<object> {
    return this.answer((admin) => {
      const { why, ...said } = parseOrRefuse(replayBody, body ?? {}, BODY);
      return this.noted('replay', asSent(body), why, async () => {
        const { replayed, still, unknown, next_after } = await admin.replay(said);
        return { replayed, still, unknown, next_after };
      });
    });
  }

  @Post('quarantine/:id/discard')
  @HttpCode(200)
  discard(@Param('id') id: string, @Body() body: unknown): Promise<object> {
    return this.answer(async (admin) => {
      const { why } = parseOrRefuse(discardBody, body ?? {}, BODY);
      const row = rowId(id);
      return this.noted('discard', { ids: [row] }, why, async () => ({ done: await admin.discard(row, why) }));
    });
  }

  @Post('quarantine/ranges/:id/replay')
  @HttpCode(200)
  replayRange(@Param('id') id: string, @Body() body: unknown): Promise<object> {
    return this.answer((admin) => {
      const { why } = parseOrRefuse(replayRangeBody, body ?? {}, BODY);
      const range = rowId(id);
      return this.noted('replay_range', { id: range }, why, () => admin.replayRange(range));
    });
  }

  @Post('quarantine/ranges/:id/discard')
  @HttpCode(200)
  discardRange(@Param('id') id: string, @Body() body: unknown): Promise<object> {
    return this.answer(async (admin) => {
      const { why } = parseOrRefuse(discardBody, body ?? {}, BODY);
      const range = rowId(id);
      return this.noted('discard_range', { id: range }, why, async () => ({
        done: await admin.discardRange(range, why),
      }));
    });
  }

  @Post('topics/:topic/resume')
  @HttpCode(200)
  resume(@Param('topic') topic: string, @Body() body: unknown): Promise<object> {
    return this.answer(async (admin) => {
      const { minutes, why } = parseOrRefuse(resumeBody, body ?? {}, BODY);
      return this.noted('resume', { topic, minutes }, why, async () => ({ done: await admin.resume(topic, minutes) }));
    });
  }

  /** Does it and writes it down; what is refused is no act. */
  private async noted<T extends Record<string, unknown>>(
    what: Act['what'],
    of: Act['of'],
    why: string | undefined,
    work: () => Promise<T>,
  ): Promise<T> {
    const result = await work();
    await this.acts.note({ what, of, why: why ?? NOT_SAID, who: AT_THE_COMMAND_LINE }, { state: 'done', result });
    return result;
  }

  private async answer(ask: (admin: IngestAdmin) => Promise<object>): Promise<object> {
    try {
      this.preparation.demand();
      const data = await ask(this.admin);
      return { success: true, data, timestamp: Math.floor(Date.now() / 1000) };
    } catch (error) {
      if (failureKind(error) === 'of-a-message') throw error;
      throw new Refusal(503, 'unavailable', 'the record cannot be reached now; ask again in a moment');
    }
  }
}

function rowId(id: string): string {
  if (/^\d{1,18}$/.test(id)) return id;
  throw new Refusal(404, 'not_found', 'there is no such row in quarantine: its name is a number');
}

/** What of an act was sent, but for why. */
function asSent(body: unknown): Act['of'] {
  const { why: _, ...said } = (body ?? {}) as Record<string, unknown>;
  return said;
}
