/** What `GET /admin/facts` tells of the processes; what the board shows of it. */
export interface Facts {
  at: string;
  processes: ProcessFacts[];
  unreadable: string[];
  numbers: OperatorNumber[];
}

export interface OperatorNumber {
  name: string;
  value: number | null;
  goal: number;
  is_met: boolean | null;
  why: string | null;
}

export interface ProcessFacts {
  service: string;
  instance: string;
  version: string;
  at: string;
  uptime_seconds: number;
  memory: { rss: number };
  cpu: number;
  loop_lag: { p99_ms: number };
  ready: boolean;
  checks: { name: string; ok: boolean; degraded: string | null; error: string | null }[];
  lifecycle: LifecycleFacts | null;
  query: { requests_per_second: number; p99_ms: number | null; stream_readers: number } | null;
  gateway: GatewayFacts | null;
}

export interface LifecycleFacts {
  topics: {
    topic: string;
    consumer: string;
    park_reason: string | null;
    paused: string | null;
    partitions: number;
    records_per_second: number;
  }[];
  partitions: { topic: string; lag: number; is_own: boolean }[];
  outbox: { rows: number; oldest_ms: number };
  projection: { epoch: number; seq: number; sessions: number; is_stale: boolean; rebuilds: number; repairs: number };
  fresh_age_ms: number | null;
  door: { events_per_second: number; queued_events: number };
}

export interface GatewayFacts {
  sockets: number;
  views_total: number;
  views: { name: string; question: string; followers: number; frames_per_second: number }[];
  frames_per_second: Record<string, number>;
}
