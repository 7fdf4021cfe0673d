import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * The quarantine takes whatever bytes, headers and timestamps there are, and is bounded: beyond the budget stand ranges
 * of places. Open rows are counted as they change, so that nobody has to count them; and it is known whose events were
 * valid a short time ago.
 */
export class QuarantineIsTotal1764730000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of UP) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const statement of DOWN) await runner.query(statement);
  }
}

/** Header after header: length and bytes of the name, length and bytes of the value (int32, big-endian). */
const ENCODE_HEADERS = `CREATE FUNCTION pg_temp.encode_headers(headers jsonb) RETURNS bytea LANGUAGE sql AS $$
  SELECT coalesce(string_agg(
    int4send(octet_length(name)) || name || int4send(octet_length(value)) || value, ''::bytea ORDER BY header, place), ''::bytea)
  FROM (
    SELECT header, place, convert_to(key, 'UTF8') AS name, decode(text, 'base64') AS value
    FROM jsonb_each(headers) WITH ORDINALITY AS h (key, given, header),
      jsonb_array_elements_text(CASE jsonb_typeof(given) WHEN 'array' THEN given ELSE jsonb_build_array(given) END)
        WITH ORDINALITY AS v (text, place)
  ) AS one $$`;

/** Names as text: of what is not UTF-8, or has a NUL, the escaped bytes. */
const DECODE_HEADERS = `CREATE FUNCTION pg_temp.decode_headers(bytes bytea) RETURNS jsonb LANGUAGE plpgsql AS $$
  DECLARE
    at integer := 1; length integer; name text; value text; headers jsonb := '{}';
  BEGIN
    WHILE at < octet_length(bytes) LOOP
      length := ('x' || encode(substring(bytes FROM at FOR 4), 'hex'))::bit(32)::integer;
      BEGIN
        name := convert_from(substring(bytes FROM at + 4 FOR length), 'UTF8');
      EXCEPTION WHEN OTHERS THEN
        name := encode(substring(bytes FROM at + 4 FOR length), 'escape');
      END;
      at := at + 4 + length;
      length := ('x' || encode(substring(bytes FROM at FOR 4), 'hex'))::bit(32)::integer;
      value := translate(encode(substring(bytes FROM at + 4 FOR greatest(length, 0)), 'base64'), E'\\n', '');
      at := at + 4 + greatest(length, 0);
      headers := headers || jsonb_build_object(name, CASE
        WHEN NOT headers ? name THEN to_jsonb(value)
        WHEN jsonb_typeof(headers -> name) = 'array' THEN (headers -> name) || to_jsonb(value)
        ELSE jsonb_build_array(headers -> name, value) END);
    END LOOP;
    RETURN headers;
  END $$`;

const UP = [
  ENCODE_HEADERS,
  `ALTER TABLE quarantine
    ALTER headers TYPE bytea USING pg_temp.encode_headers(headers),
    ADD kind text NOT NULL DEFAULT 'record' CHECK (kind IN ('record', 'batch')),
    ADD source text COLLATE "C" NOT NULL DEFAULT '',
    ADD broker_ms bigint,
    ADD last_error text,
    ADD tries integer NOT NULL DEFAULT 0`,
  `DROP FUNCTION pg_temp.encode_headers(jsonb)`,
  // The reason of a batch that was replayed in vain was written over; how its error begins was not always.
  `UPDATE quarantine SET broker_ms = CASE broker_time WHEN 'infinity' THEN 9223372036854775807 WHEN '-infinity' THEN -9223372036854775808
       ELSE round(extract(epoch FROM broker_time) * 1000)::bigint END,
     kind = CASE WHEN reason IN ('corrupt-batch', 'unknown-codec', 'too-large-batch') OR error LIKE 'the batch of offsets %'
       THEN 'batch' ELSE 'record' END`,
  `ALTER TABLE quarantine ALTER broker_ms SET NOT NULL,
    DROP CONSTRAINT quarantine_topic_partition_offset_broker_time_key,
    ADD CONSTRAINT quarantine_place UNIQUE (topic, partition, "offset", broker_ms, kind)`,
  `CREATE TABLE quarantine_total (single boolean PRIMARY KEY DEFAULT true CHECK (single), open_rows bigint NOT NULL)
    WITH (fillfactor = 10)`,
  `CREATE TABLE quarantine_sources (source text COLLATE "C" PRIMARY KEY, open_rows bigint NOT NULL) WITH (fillfactor = 50)`,
  `INSERT INTO quarantine_total (open_rows) SELECT count(*) FROM quarantine WHERE state = 'open'`,
  `INSERT INTO quarantine_sources SELECT source, count(*) FROM quarantine WHERE state = 'open' GROUP BY source`,
  // The total first, then the sources in their order: whoever counts locks in this order.
  `CREATE FUNCTION count_quarantine(sources text[], step integer) RETURNS void LANGUAGE plpgsql AS $$ BEGIN
     IF cardinality(sources) = 0 THEN RETURN; END IF;
     UPDATE quarantine_total SET open_rows = open_rows + step * cardinality(sources);
     INSERT INTO quarantine_sources AS q SELECT s, step * count(*) FROM unnest(sources) AS s GROUP BY s ORDER BY s
       ON CONFLICT (source) DO UPDATE SET open_rows = q.open_rows + excluded.open_rows;
     IF step < 0 THEN DELETE FROM quarantine_sources WHERE source = ANY(sources) AND open_rows <= 0; END IF;
   END $$`,
  `CREATE FUNCTION count_quarantine_inserted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     PERFORM count_quarantine(ARRAY(SELECT source FROM after WHERE state = 'open'), 1);
     RETURN NULL;
   END $$`,
  `CREATE FUNCTION count_quarantine_updated() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     PERFORM count_quarantine(ARRAY(SELECT a.source FROM after a JOIN before b USING (id)
       WHERE a.state = 'open' AND b.state <> 'open'), 1);
     PERFORM count_quarantine(ARRAY(SELECT b.source FROM after a JOIN before b USING (id)
       WHERE b.state = 'open' AND a.state <> 'open'), -1);
     RETURN NULL;
   END $$`,
  `CREATE FUNCTION count_quarantine_deleted() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
     PERFORM count_quarantine(ARRAY(SELECT source FROM before WHERE state = 'open'), -1);
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER quarantine_inserted AFTER INSERT ON quarantine REFERENCING NEW TABLE AS after
     FOR EACH STATEMENT EXECUTE FUNCTION count_quarantine_inserted()`,
  `CREATE TRIGGER quarantine_updated AFTER UPDATE ON quarantine REFERENCING OLD TABLE AS before NEW TABLE AS after
     FOR EACH STATEMENT EXECUTE FUNCTION count_quarantine_updated()`,
  `CREATE TRIGGER quarantine_deleted AFTER DELETE ON quarantine REFERENCING OLD TABLE AS before
     FOR EACH STATEMENT EXECUTE FUNCTION count_quarantine_deleted()`,
  // Offsets from and to, both included; the times are those of the broker, in epoch ms.
  `CREATE TABLE quarantine_ranges (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic text NOT NULL,
    partition integer NOT NULL,
    from_offset bigint NOT NULL,
    to_offset bigint NOT NULL,
    source text COLLATE "C" NOT NULL,
    reason text NOT NULL,
    messages bigint NOT NULL,
    first_ms bigint NOT NULL,
    last_ms bigint NOT NULL,
    received_at timestamptz NOT NULL DEFAULT now(),
    last_error text,
    tries integer NOT NULL DEFAULT 0,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'replayed', 'discarded')),
    state_at timestamptz,
    state_why text
  )`,
  `CREATE INDEX quarantine_ranges_place ON quarantine_ranges (topic, partition, to_offset)`,
  `CREATE INDEX quarantine_ranges_open ON quarantine_ranges (topic, partition) WHERE state = 'open'`,
  `CREATE TABLE ingest_sources (
    topic text NOT NULL,
    source text COLLATE "C" NOT NULL,
    last_valid_at timestamptz NOT NULL,
    PRIMARY KEY (topic, source)
  )`,
];

const DOWN = [
  DECODE_HEADERS,
  `DROP TABLE ingest_sources, quarantine_ranges`,
  `DROP TRIGGER quarantine_inserted ON quarantine`,
  `DROP TRIGGER quarantine_updated ON quarantine`,
  `DROP TRIGGER quarantine_deleted ON quarantine`,
  `DROP FUNCTION count_quarantine_inserted(), count_quarantine_updated(), count_quarantine_deleted(),
     count_quarantine(text[], integer)`,
  `DROP TABLE quarantine_total, quarantine_sources`,
  // The older schema has one row for a place and a time.
  `DELETE FROM quarantine q USING quarantine older
     WHERE (q.topic, q.partition, q."offset", q.broker_time) = (older.topic, older.partition, older."offset", older.broker_time)
       AND q.id > older.id`,
  `ALTER TABLE quarantine
    DROP CONSTRAINT quarantine_place,
    DROP kind, DROP source, DROP broker_ms, DROP last_error, DROP tries,
    ALTER headers TYPE jsonb USING pg_temp.decode_headers(headers),
    ADD UNIQUE (topic, partition, "offset", broker_time)`,
  `DROP FUNCTION pg_temp.decode_headers(bytea)`,
];
