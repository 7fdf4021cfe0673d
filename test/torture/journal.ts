import { closeSync, existsSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';

/** What the producer meant a record to be. `late` and `skewed`: valid, with a time that is not now's. */
export type Meaning = 'valid' | 'beat' | 'late' | 'skewed' | 'conflict' | `poison ${string}`;

export type Topic = 'sessions' | 'viewers' | 'directory';

/** A record that is about to be sent; `n` stands in its header, so that every copy in Kafka leads back here. */
export interface Intent {
  n: number;
  topic: Topic;
  partition: number;
  meaning: Meaning;
  /** sha256 of the value; null for none. */
  digest: string | null;
}

export type JournalLine =
  | { line: 'intent'; batch: number; at: number; intents: Intent[] }
  | { line: 'acknowledged'; batch: number; at: number; offsets: { topic: Topic; partition: number; base: string }[] }
  /** Sent, and nobody knows whether it was taken. The same records are sent again as another batch. */
  | { line: 'unknown'; batch: number; at: number; error: string };

/** The producer's own memory, on disk before it acts and after it was answered. */
export class Journal {
  private readonly file: number;

  constructor(path: string) {
    this.file = openSync(path, 'a');
  }

  write(line: JournalLine): void {
    writeSync(this.file, `${JSON.stringify(line)}\n`);
    fsyncSync(this.file);
  }

  close(): void {
    closeSync(this.file);
  }
}

/** All whole lines of a journal; the last one may have been cut off by the end of its writer. */
export function readJournal(path: string): JournalLine[] {
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  lines.pop();
  return lines.map((line) => JSON.parse(line) as JournalLine);
}
