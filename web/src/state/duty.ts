// The team whose roll call is taken at this console: read when it is opened and whenever something touches it.

import { effect, signal } from "@preact/signals";
import { get, post } from "../net/api.ts";
import { link, log, now } from "./store.ts";
import { concerns, nextBoundaryMs, type TeamNow, type Turn } from "./turns.ts";
import { panel } from "./view.ts";

export const teamCode = signal<string | null>(null);
export const teamNow = signal<TeamNow | null>(null);
/** When it was read, by the server's clock. */
export const teamReadMs = signal<number | null>(null);

export function openTeam(code: string): void {
  if (teamCode.peek() !== code) teamNow.value = null;
  teamCode.value = code;
  panel.value = "team";
}

export interface SeatAnswer {
  readonly seat: string;
  readonly state: "present" | "absent" | "left";
  readonly person?: string;
  readonly cause?: string;
  readonly now?: boolean;
}

const path = (turn: Turn): string =>
  `/roster/rollcalls/${[turn.team, turn.day, turn.shift].map(encodeURIComponent).join("/")}`;

export async function answerSeats(turn: Turn, answers: readonly SeatAnswer[]): Promise<void> {
  await post<unknown>(path(turn), { answers });
  await readTeam();
}

export async function recallFrom(person: string): Promise<void> {
  await post<unknown>(`/roster/errands/${encodeURIComponent(person)}/recall`, {});
}

export interface Reachable {
  readonly person: string;
  readonly name: string;
  readonly telephone: string;
  readonly reasons: readonly { readonly code: string; readonly params?: Readonly<Record<string, unknown>> }[];
}

export async function substitutesFor(turn: Turn, seat: string): Promise<readonly Reachable[]> {
  const answer = await get<{ readonly people: readonly Reachable[] }>(`${path(turn)}/substitutes?seat=${encodeURIComponent(seat)}`);
  return answer.people;
}

let boundary: ReturnType<typeof setTimeout> | undefined;

export async function readTeam(): Promise<void> {
  const code = teamCode.peek();
  if (code === null) return;
  const told = await get<TeamNow>(`/roster/teams/${encodeURIComponent(code)}/now`);
  if (teamCode.peek() !== code) return;
  teamNow.value = told;
  teamReadMs.value = now.peek();
  clearTimeout(boundary);
  const due = nextBoundaryMs(told.turns, now.peek());
  if (due !== null && due - now.peek() < LONGEST_MS) boundary = setTimeout(readSoon, due - now.peek() + 1500);
}

/** Beyond a day a browser's timers are not to be trusted, and something will have happened by then. */
const LONGEST_MS = 86_400_000;
const TOGETHER_MS = 120;
let soon: ReturnType<typeof setTimeout> | undefined;

/** Once for events that come together. */
function readSoon(): void {
  clearTimeout(soon);
  soon = setTimeout(() => void readTeam().catch(() => undefined), TOGETHER_MS);
}

/** Keeps the team in front as it is: after its events, and when the line comes back. */
export function followTeam(): () => void {
  let asked = "";
  const stop = effect(() => {
    const code = panel.value === "team" ? teamCode.value : null;
    const isLive = link.value === "live";
    const newest = code === null ? 0 : (log.value.find((line) => concerns(line, code))?.seq ?? 0);
    const wanted = code === null || !isLive ? "" : `${code} ${newest}`;
    if (wanted === asked) return;
    asked = wanted;
    if (wanted !== "") readSoon();
  });
  return () => {
    stop();
    clearTimeout(soon);
    clearTimeout(boundary);
  };
}
