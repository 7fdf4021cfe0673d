import type { HostState, PresetState, RoomState } from '#libs/contracts';
import type { Random } from './random';

export interface Place {
  room: string;
  host: string;
  preset: string;
}

export interface Directory {
  hosts: Map<string, HostState>;
  rooms: Map<string, RoomState>;
  presets: Map<string, PresetState>;
  /** Where sessions happen. */
  places: [Place, ...Place[]];
}

const NAMES = [
  'mara',
  'tomasz',
  'yuki',
  'ines',
  'bo',
  'farah',
  'linus',
  'adaeze',
  'pilar',
  'sven',
  'noor',
  'kai',
] as const;
const ROOMS = [
  'The Patch Bay',
  'Kitchen 12',
  'Studio Nord',
  'Back Room',
  'The Lighthouse',
  'Cellar',
  'Rooftop',
  'Desk',
] as const;
const FOUNDED = Date.UTC(2025, 0, 15);
const DAY_MS = 86_400_000;

/** Hosts, their rooms, and presets of every kind; one preset in five hides its counts. */
export function makeDirectory(random: Random, places: number): Directory {
  const [organization, library] = [random.uuid(), random.uuid()];
  const presets = makePresets(random, library);
  const presetIds = [...presets.keys()] as [string, ...string[]];
  const hosts = new Map<string, HostState>();
  const rooms = new Map<string, RoomState>();
  const made = Array.from({ length: Math.max(places, 1) }, (_, index): Place => {
    const [host, room] = [random.uuid(), random.uuid()];
    const name = `${random.pick(NAMES)}${index < NAMES.length ? '' : random.integer(2, 999)}`;
    const since = FOUNDED + random.integer(0, 500) * DAY_MS;
    hosts.set(host, {
      external_user_id: `u-${1000 + index}`,
      organization_id: organization,
      email: `${name}@example.com`,
      username: name,
      role: 'host',
      is_active: true,
      created_at: since,
    });
    rooms.set(room, {
      host_id: host,
      library_id: library,
      title: `${random.pick(ROOMS)} of ${name}`,
      description: null,
      analytics: random.chance(0.3)
        ? { google_tag_manager: { container_id: `GTM-${random.integer(100_000, 999_999)}`, enabled: true } }
        : null,
      created_at: since,
      updated_at: since,
    });
    return { room, host, preset: random.pick(presetIds) };
  });
  return { hosts, rooms, presets, places: made as [Place, ...Place[]] };
}

const KINDS = ['Open stage', 'Concert', 'Classroom', 'Studio feed', 'Quiet room'] as const;

function makePresets(random: Random, library: string): Map<string, PresetState> {
  return new Map(
    KINDS.map((name, index): [string, PresetState] => [
      random.uuid(),
      {
        user_id: null,
        library_id: library,
        name,
        type: index % 2 === 0 ? 'whip' : 'rtmp',
        max_join_limit: random.pick([10, 50, 100, 500]),
        primary_color: random.pick(['#1f6feb', '#d4483b', '#2d8659', '#7a4fd0']),
        logo: null,
        logo_destination_url: null,
        viewer_count_visible: name !== 'Quiet room',
        stage_enabled: name === 'Open stage',
        chat_enabled: name !== 'Quiet room',
        poll_enabled: random.chance(0.5),
        recording_enabled: random.chance(0.7),
        is_default: index === 0,
        created_at: FOUNDED,
        updated_at: FOUNDED,
      },
    ]),
  );
}
