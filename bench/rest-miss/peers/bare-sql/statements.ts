export interface Statements {
  page: string;
  total: string;
  values: unknown[];
}

const COUNTED = 'LEFT JOIN session_counts c ON c.session_id = s.id';
const VISIBLE = `(s.preset_id IS NULL OR EXISTS (SELECT FROM reference_data v WHERE v.id = s.preset_id AND v.kind = 'preset'
  AND coalesce(v.state ->> 'viewer_count_visible', 'true') <> 'false'))`;
const COUNT = `(CASE WHEN s.status = 'live' AND ${VISIBLE} THEN c.viewer_count END)`;

const roomsOf = (field: string) => (value: string) =>
  `s.room_id = ANY (ARRAY(SELECT r.id FROM reference_data r WHERE r.kind = 'room' AND r.state ->> '${field}' = ${value}))`;

/** What is asked for of each parameter, by the placeholder of its value. */
const CONDITIONS: Record<string, (value: string) => string> = {
  status: (value) => `s.status = ${value}`,
  mode: (value) => `s.mode = ${value}`,
  room_id: (value) => `s.room_id = ${value}`,
  host_id: roomsOf('host_id'),
  library_id: roomsOf('library_id'),
  recording_enabled: (value) => `coalesce(s.recording_enabled, false) = ${value}`,
  started_after: (value) => `s.started_at >= ${value}`,
  started_before: (value) => `s.started_at < ${value}`,
  min_viewers: (value) => `${COUNT} >= ${value}`,
};

/** The sessions whose text, room or host says a word. */
const found = (word: string) => `s.id IN (
    SELECT session_id FROM session_texts WHERE folded LIKE '%' || ${word} || '%'
      AND grams @> ARRAY(SELECT substr(${word}, at, 3) FROM generate_series(1, length(${word}) - 2) at)
    UNION ALL SELECT f.id FROM sessions f WHERE f.room_id = ANY (ARRAY(SELECT r.id FROM reference_data r WHERE r.kind = 'room'
      AND (r.state ->> 'title' ILIKE '%' || ${word} || '%' OR r.state ->> 'host_id' = ANY (ARRAY(SELECT h.id::text
        FROM reference_data h WHERE h.kind = 'host' AND h.state ->> 'username' ILIKE '%' || ${word} || '%'))))))`;

/** Whether a session says a word, for one that is found already. */
const says = (word: string) => `(
    EXISTS (SELECT FROM session_texts t WHERE t.session_id = s.id AND t.folded LIKE '%' || ${word} || '%')
    OR EXISTS (SELECT FROM reference_data r LEFT JOIN reference_data h ON h.id = (r.state ->> 'host_id')::uuid AND h.kind = 'host'
      WHERE r.id = s.room_id AND r.kind = 'room'
        AND (r.state ->> 'title' ILIKE '%' || ${word} || '%' OR h.state ->> 'username' ILIKE '%' || ${word} || '%')))`;

const ORDERS: Record<string, string> = {
  updated_at: 's.updated_at',
  created_at: 's.created_at',
  started_at: 's.started_at',
  viewer_count: COUNT,
};

const COLUMNS = `s.id, s.room_id, s.title, s.description, s.status, s.mode, s.started_at, s.ended_at, s.scheduled_start_time,
  s.hls_url, s.recording_enabled, s.chat_enabled_override, s.stage_enabled_override, s.max_join_limit_override, s.created_at,
  s.updated_at, ${COUNT} AS viewer_count, c.viewer_count_at, c.max_viewers, c.max_viewers_at, r.state AS room, h.state AS host,
  p.state AS preset,
  (SELECT a.id FROM sessions a WHERE a.room_id = s.room_id AND a.status = 'live' AND a.listed LIMIT 1) AS active_session_id`;

/** The SQL of a question as one writes it by hand who knows the tables: the page's ids first, what belongs to them then. */
export function statementsOf(parameters: URLSearchParams): Statements {
  const values: unknown[] = [];
  const where = ['s.listed'];
  for (const [name, condition] of Object.entries(CONDITIONS)) {
    const value = parameters.get(name);
    if (value !== null) where.push(condition(`$${values.push(value)}`));
  }
  // The peer is told what we find out: the last word is the rare one.
  const [rare, ...others] = (parameters.get('q')?.split(' ') ?? []).reverse();
  if (rare !== undefined) where.push(found(`$${values.push(rare)}::text`));
  for (const word of others) where.push(says(`$${values.push(word)}::text`));
  const limit = Number(parameters.get('limit') ?? 10);
  const offset = (Number(parameters.get('page') ?? 1) - 1) * limit;
  const sort = parameters.get('sort') ?? 'updated_at';
  const direction = parameters.get('order') === 'asc' ? 'ASC' : 'DESC';
  const nulls = sort === 'started_at' || sort === 'viewer_count' ? 'NULLS LAST' : '';
  const order = `${ORDERS[sort] ?? ''} ${direction} ${nulls}, s.id ${direction}`;
  const all = where.join(' AND ');
  const counted = all.includes('c.') ? COUNTED : '';
  return {
    total: `SELECT count(*)::int AS total FROM sessions s ${counted} WHERE ${all}`,
    page: `WITH page AS (SELECT s.id FROM sessions s ${counted || order.includes('c.') ? COUNTED : ''} WHERE ${all}
        ORDER BY ${order} LIMIT ${limit} OFFSET ${offset})
      SELECT ${COLUMNS} FROM page JOIN sessions s ON s.id = page.id ${COUNTED}
        LEFT JOIN reference_data r ON r.id = s.room_id AND r.kind = 'room'
        LEFT JOIN reference_data h ON h.id = (r.state ->> 'host_id')::uuid AND h.kind = 'host'
        LEFT JOIN reference_data p ON p.id = s.preset_id AND p.kind = 'preset'
      ORDER BY ${order}`,
    values,
  };
}
