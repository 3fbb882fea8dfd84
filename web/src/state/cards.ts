// The cards as the server sends them (dispatch/migrations/0002_cards.sql), and the board that they lie on.

export interface Coded {
  readonly code: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

export interface Name {
  readonly zh: string;
  readonly en: string;
}

export interface ProposedUnit {
  readonly unit: string;
  readonly station: string;
  readonly vehicle: string;
  readonly slot: string;
  readonly task: string;
  readonly verb: string;
  readonly counts: boolean;
  readonly eta_seconds: number;
  readonly turnout_seconds: number;
  readonly travel_seconds: number;
  readonly distance_metres: number;
  readonly on_foot_metres: number;
  readonly hose_metres?: number;
  readonly water?: boolean;
  readonly water_seconds?: number | null;
  readonly stop?: readonly [number, number] | null;
  readonly reason: Coded;
  readonly notes?: readonly Coded[];
}

export interface PassedUnit {
  readonly unit: string;
  readonly verb: string;
  readonly eta_seconds: number | null;
  readonly reasons: readonly Coded[];
  readonly sendable: boolean;
}

export interface Shortfall {
  readonly code: string;
  readonly slot?: boolean;
  readonly missing: number;
  readonly cause: string;
}

export interface Proposal {
  readonly id: string;
  readonly made_at: string;
  readonly cause: string;
  readonly units?: readonly ProposedUnit[];
  readonly passed_over?: readonly PassedUnit[];
  readonly zone_cost_seconds?: number;
  readonly leaves?: readonly string[];
  readonly free_engines?: number;
  readonly shortfalls?: readonly Shortfall[];
}

export interface Incident {
  readonly id: string;
  readonly number: string;
  readonly kind: string;
  readonly scale: string;
  readonly level: number;
  readonly status: string;
  readonly merged_into?: string | null;
  /** False while only a sensor has said it. */
  readonly verified?: boolean;
  readonly lon: number;
  readonly lat: number;
  readonly place: string;
  readonly place_verified: boolean;
  readonly uncertainty_metres: number;
  readonly zone: string | null;
  readonly station: string | null;
  readonly trapped: number;
  readonly facts: Readonly<Record<string, unknown>>;
  readonly automatic: boolean;
  readonly milestones: Readonly<Record<string, unknown>>;
  readonly opened_at: string;
  readonly closed_at: string | null;
  readonly alarms: number;
  readonly shortfalls: readonly Shortfall[];
  readonly proposal: Proposal | null;
  readonly version: number;
}

export interface Assignment {
  readonly id: string;
  readonly incident: string;
  readonly unit: string;
  readonly station: string;
  readonly slot: string;
  readonly task: string;
  readonly verb: string;
  readonly state: string;
  readonly reason: Coded;
  readonly cause: string | null;
  readonly eta_seconds: number | null;
  readonly distance_metres: number | null;
  readonly on_foot_metres: number | null;
  readonly path: unknown;
  readonly dispatched_by: string;
  readonly acknowledged_by: string | null;
  readonly acknowledged_via: string | null;
  readonly late_acknowledged_at: string | null;
  readonly dispatched_at: string;
  readonly delivered_at: string | null;
  readonly acknowledged_at: string | null;
  readonly en_route_at: string | null;
  readonly on_scene_at: string | null;
  readonly unconfirmed_at: string | null;
  readonly ended_at: string | null;
  readonly acknowledge_due_at: string | null;
  readonly version: number;
}

export interface CrewSeat {
  readonly seat: string;
  readonly role: string;
  readonly person: string;
  readonly name?: string;
  readonly since: string;
  readonly standing_over: boolean;
}

export interface NextCrew {
  readonly at: string;
  readonly shift: string;
  readonly seats_filled: number;
  readonly wanted: number;
}

export interface Unit {
  readonly id: string;
  readonly code: string;
  readonly name: string;
  readonly name_en: string;
  readonly station: string;
  readonly station_class: string;
  readonly zone: string;
  readonly is_foreign: boolean;
  readonly vehicle_class: string;
  readonly brings: Readonly<Record<string, number>>;
  readonly seats?: number;
  readonly minimum_crew: number;
  readonly contact: string;
  readonly accepted: boolean;
  readonly duty_mode: string;
  readonly on_duty: boolean;
  readonly crew: number;
  /** Seats that the roster asks for; null where a number is told instead. */
  readonly crew_wanted: number | null;
  /** How many aboard hold each; empty where nobody was asked. */
  readonly crew_qualifications: Readonly<Record<string, number>>;
  /** The rostered team that answers for the crew. */
  readonly crew_team: string | null;
  readonly crew_seats: readonly CrewSeat[];
  readonly crew_next: NextCrew | null;
  readonly duty_until: string | null;
  /** 靠前驻防: where it stands instead of its station. */
  readonly post?: { readonly place: string; readonly lon: number; readonly lat: number } | null;
  readonly status: string;
  readonly status_at: string;
  readonly out_of_service: string | null;
  readonly lon: number;
  readonly lat: number;
  readonly position_at: string | null;
  readonly assignment: string | null;
  readonly retired: boolean;
  readonly version: number;
}

export interface Notice {
  readonly id: string;
  readonly incident: string;
  readonly body: string;
  readonly text_code: string;
  readonly sent_at: string;
  readonly received_at: string | null;
  readonly received_by: string | null;
}

export interface Condition {
  readonly id: string;
  readonly edges: readonly string[];
  readonly area: unknown;
  readonly factor: number;
  readonly vehicle_classes: readonly string[];
  readonly reason: string;
  readonly starts_at: string;
  readonly ends_at: string | null;
  readonly removed_at: string | null;
  readonly names?: readonly string[];
  readonly road_classes?: readonly string[];
  readonly everywhere?: boolean;
  /** Near which place it lies, in words. */
  readonly place?: string;
  /** The same for all that were reported together. */
  readonly filed_with?: string | null;
}

export interface Station {
  readonly code: string;
  readonly name: string;
  readonly name_en: string;
  readonly class: string;
  readonly lon: number;
  readonly lat: number;
  readonly zone: string;
  readonly town: string;
  readonly telephone: string;
  readonly is_foreign: boolean;
}

export interface Zone {
  readonly code: string;
  readonly name: string;
  readonly name_en: string;
  readonly area?: unknown;
}

export interface County {
  readonly code: string;
  readonly name: string;
  readonly name_en: string;
  readonly time_zone: string;
  readonly synthetic: boolean;
  readonly attribution: readonly string[];
  readonly bounds: readonly [number, number, number, number] | null;
  /** Names that the county gives its own codes: group (kinds, capabilities …) → code → name. */
  readonly names: Readonly<Record<string, Readonly<Record<string, Name>>>>;
}

/** The cards that change while the service runs, by id. */
export interface Cards {
  readonly incidents: ReadonlyMap<string, Incident>;
  readonly assignments: ReadonlyMap<string, Assignment>;
  readonly units: ReadonlyMap<string, Unit>;
  readonly notices: ReadonlyMap<string, Notice>;
  readonly conditions: ReadonlyMap<string, Condition>;
}

export interface LogLine {
  readonly seq: number;
  readonly at: string;
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
}
