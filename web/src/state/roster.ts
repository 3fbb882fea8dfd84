// The roster as this console looks at it: which days, which team's day in front; read again when somebody changes it.

import { batch, computed, effect, signal } from "@preact/signals";
import { dayOf } from "../clock.ts";
import { get } from "../net/api.ts";
import { aroundToday, type Absence, type Glance, type MonthShift, type Window } from "./glance.ts";
import { county, link, log, now } from "./store.ts";
import { changesRoster, concerns } from "./turns.ts";
import { panel } from "./view.ts";

export interface Chosen {
  readonly team: string;
  readonly day: string;
}

export interface DayTold {
  readonly of: Chosen;
  readonly shifts: readonly MonthShift[];
  readonly published: boolean;
}

export const days = signal<Window | null>(null);
export const chosen = signal<Chosen | null>(null);
export const seen = signal<Glance | null>(null);
export const dayTold = signal<DayTold | null>(null);
/** Of the team's day in front; of everybody today and tomorrow while none is. */
export const absences = signal<readonly Absence[]>([]);
export const unread = signal(false);

/** The county's day; whoever reads it turns the page at midnight. */
export const today = computed(() => dayOf(now.value, county.value.time_zone));

/** The table, with today of a team in front if one is named. */
export function openRoster(team: string | null): void {
  batch(() => {
    days.value = days.peek() ?? aroundToday(today.peek());
    chosen.value = team === null ? null : { team, day: today.peek() };
    panel.value = "roster";
  });
}

export const show = (window: Window): void => {
  days.value = window;
};

async function readTable(window: Window): Promise<void> {
  const told = await get<Glance>(`/roster/glance?first=${window.first}&days=${window.days}`);
  if (days.peek() === window) seen.value = told;
}

async function readDay(of: Chosen): Promise<void> {
  const team = encodeURIComponent(of.team);
  const [month, away] = await Promise.all([
    get<MonthAnswer>(`/roster/month?first=${of.day}&days=1&team=${team}`),
    get<{ readonly items: readonly Absence[] }>(`/roster/absences?first=${of.day}&days=1&team=${team}`),
  ]);
  if (chosen.peek() !== of) return;
  const told = month.teams[0]?.days[0];
  batch(() => {
    dayTold.value = { of, shifts: told?.shifts ?? [], published: (told?.version ?? null) !== null };
    absences.value = away.items;
  });
}

async function readAbsences(): Promise<void> {
  const away = await get<{ readonly items: readonly Absence[] }>(`/roster/absences?first=${today.peek()}&days=2`);
  if (chosen.peek() === null) absences.value = away.items;
}

interface MonthAnswer {
  readonly teams: readonly { readonly days: readonly { readonly version: number | null; readonly shifts: readonly MonthShift[] }[] }[];
}

/** Changes of a roster come in swarms; the table is read once for all of them. */
const TOGETHER_MS = 120;

export function followRoster(): () => void {
  const table = reader((seq) => {
    const window = days.value;
    return window === null ? null : { key: `${window.first} ${window.days} ${seq} ${today.value}`, read: () => readTable(window) };
  }, changesRoster);
  const day = reader((seq) => {
    const of = chosen.value;
    return { key: of === null ? `all ${seq}` : `${of.team} ${of.day} ${seq}`, read: () => (of === null ? readAbsences() : readDay(of)) };
  }, (line) => changesRoster(line) || (chosen.value !== null && concerns(line, chosen.value.team)));
  return () => {
    table();
    day();
  };
}

type Wanted = { readonly key: string; readonly read: () => Promise<void> } | null;

/** Reads when what is wanted has changed, while the roster is in front and the line stands. */
function reader(wants: (seq: number) => Wanted, touches: (line: Parameters<typeof changesRoster>[0]) => boolean): () => void {
  let asked = "";
  let soon: ReturnType<typeof setTimeout> | undefined;
  const stop = effect(() => {
    const isLive = link.value === "live" && panel.value === "roster";
    const wanted = wants(log.value.find(touches)?.seq ?? 0);
    if (!isLive || wanted === null) {
      asked = "";
      return;
    }
    if (wanted.key === asked) return;
    asked = wanted.key;
    clearTimeout(soon);
    soon = setTimeout(() => {
      wanted
        .read()
        .then(() => (unread.value = false))
        .catch(() => (unread.value = true));
    }, TOGETHER_MS);
  });
  return () => {
    stop();
    clearTimeout(soon);
  };
}
