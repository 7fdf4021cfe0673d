/** The same sessions in a schema as anybody would make it: a table per entity, keys, and an index on the order of the list. */
export const USUAL_TABLES = [
  'CREATE SCHEMA usual',
  `CREATE TABLE usual.hosts AS SELECT id, state ->> 'username' AS username, state ->> 'email' AS email,
    state ->> 'role' AS role, (state ->> 'is_active')::boolean AS is_active,
    (state ->> 'created_at')::timestamptz AS created_at FROM reference_data WHERE kind = 'host'`,
  `CREATE TABLE usual.rooms AS SELECT id, (state ->> 'host_id')::uuid AS host_id, (state ->> 'library_id')::uuid AS library_id,
    state ->> 'title' AS title, state ->> 'description' AS description,
    (state ->> 'created_at')::timestamptz AS created_at FROM reference_data WHERE kind = 'room'`,
  `CREATE TABLE usual.presets AS SELECT id, state ->> 'name' AS name, state - 'name' AS settings
    FROM reference_data WHERE kind = 'preset'`,
  `CREATE TABLE usual.sessions AS SELECT s.id, s.room_id, s.preset_id, s.title, s.description, s.status, s.mode, s.started_at,
    s.ended_at, s.scheduled_start_time, s.hls_url, s.recording_enabled, s.created_at, s.updated_at, c.viewer_count, c.max_viewers
    FROM sessions s LEFT JOIN session_counts c ON c.session_id = s.id WHERE s.listed`,
  ...['hosts', 'rooms', 'presets', 'sessions'].map((table) => `ALTER TABLE usual.${table} ADD PRIMARY KEY (id)`),
  'CREATE INDEX ON usual.sessions (updated_at DESC, id DESC)',
  'CREATE INDEX ON usual.sessions (room_id)',
  'VACUUM ANALYZE',
];
