import { Body, Controller, Get, Header, HttpCode, Param, Post, Query, UseGuards } from '@nestjs/common';
import { discardBody, quarantineQuery, replayBody, resumeBody } from '#libs/contracts';
import { Refusal, parseOrRefuse } from '#libs/service-host';
import { failureKind } from '#libs/session-store';
import { Preparation } from '../preparation/preparation';
import { AdminGuard } from './admin.guard';
import { IngestAdmin } from './ingest-admin';

const BODY = 'invalid_body';

/** What `npm run quarantine` speaks to; needs the admin key. */
@Controller('admin')
@UseGuards(AdminGuard)
export class AdminController {
  constructor(
    private readonly preparation: Preparation,
    private readonly admin: IngestAdmin,
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
    return this.answer((admin) => admin.replay(parseOrRefuse(replayBody, body ?? {}, BODY)));
  }

  @Post('quarantine/:id/discard')
  @HttpCode(200)
  discard(@Param('id') id: string, @Body() body: unknown): Promise<object> {
    return this.answer(async (admin) => {
      const { why } = parseOrRefuse(discardBody, body ?? {}, BODY);
      return { done: await admin.discard(rowId(id), why) };
    });
  }

  @Post('quarantine/ranges/:id/replay')
  @HttpCode(200)
  replayRange(@Param('id') id: string): Promise<object> {
    return this.answer((admin) => admin.replayRange(rowId(id)));
  }

  @Post('quarantine/ranges/:id/discard')
  @HttpCode(200)
  discardRange(@Param('id') id: string, @Body() body: unknown): Promise<object> {
    return this.answer(async (admin) => {
      const { why } = parseOrRefuse(discardBody, body ?? {}, BODY);
      return { done: await admin.discardRange(rowId(id), why) };
    });
  }

  @Post('topics/:topic/resume')
  @HttpCode(200)
  resume(@Param('topic') topic: string, @Body() body: unknown): Promise<object> {
    return this.answer(async (admin) => {
      const { minutes } = parseOrRefuse(resumeBody, body ?? {}, BODY);
      return { done: await admin.resume(topic, minutes) };
    });
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
