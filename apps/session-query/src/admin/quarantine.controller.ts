import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { quarantineQuery } from '#libs/contracts';
import { Refusal, parseOrRefuse } from '#libs/service-host';
import {
  ApiKeys,
  Quarantine,
  QuarantineRanges,
  type QuarantineRow,
  shownRange,
  shownRow,
  shownWhole,
} from '#libs/session-store';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { DataSource } from 'typeorm';
import { readNoParameters, readParameters } from '../http/read-parameters';
import { RecordStore } from '../record/record.store';
import { OperatorGate } from './operator-gate';
import { outlookOf } from './outlook-of';
import { readRowId } from './read-admin-request';

const MOST_RANGES = 1000;

/** What waits in quarantine, and the keys: read from the record. */
@Controller('admin')
export class QuarantineController {
  constructor(
    private readonly gate: OperatorGate,
    private readonly record: RecordStore,
  ) {}

  @Get('quarantine')
  async list(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.gate.answer(request, reply, () => {
      const { limit, after, ...filter } = parseOrRefuse(quarantineQuery, readParameters(request.url, quarantineQuery));
      return this.record.ask(async (source) => {
        const quarantine = new Quarantine(source);
        const rows = await quarantine.list({ ...filter, after }, limit + 1);
        const page = rows.slice(0, limit);
        return {
          rows: page.map(shownRow),
          total: await quarantine.count(filter),
          next_after: rows.length > limit ? (page.at(-1)?.id ?? null) : null,
          ranges: (await new QuarantineRanges(source).allOpen(MOST_RANGES)).map(shownRange),
        };
      });
    });
  }

  @Get('quarantine/:id')
  async show(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param() params: unknown): Promise<void> {
    await this.gate.answer(request, reply, () => {
      readNoParameters(request.url);
      return this.record.ask(async (source) => shownWhole(await rowOf(source, params)));
    });
  }

  @Get('quarantine/:id/outlook')
  async outlook(@Req() request: FastifyRequest, @Res() reply: FastifyReply, @Param() params: unknown): Promise<void> {
    await this.gate.answer(request, reply, () => {
      readNoParameters(request.url);
      return this.record.ask(async (source) => outlookOf(source, await rowOf(source, params)));
    });
  }

  @Get('keys')
  async keys(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    await this.gate.answer(request, reply, () => {
      readNoParameters(request.url);
      return this.record.ask(async (source) => ({ keys: await new ApiKeys(source).list() }));
    });
  }
}

async function rowOf(source: DataSource, params: unknown): Promise<QuarantineRow> {
  const id = readRowId(params, 'row in quarantine');
  const row = await new Quarantine(source).get(id);
  if (row) return row;
  throw new Refusal(404, 'not_found', `there is no row ${id} in quarantine`);
}
