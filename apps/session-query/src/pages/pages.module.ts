import { Module } from '@nestjs/common';
import { BoardController } from './board.controller';
import { DocsController } from './docs.controller';

/** The board, and the API's documents. */
@Module({
  controllers: [BoardController, DocsController],
})
export class PagesModule {}
