// The frames of /ws/console as docs/protocol.md has them, read tolerantly: what is unknown is ignored.

import type { County, Station, Zone } from "../state/cards.ts";
import { cardsFrom, type JournalEvent } from "../state/fold.ts";
import type { Snapshot } from "../state/store.ts";

/** How far this page has read the county's stream. */
export interface Position {
  readonly stream: string;
  readonly epoch: string;
  readonly seq: number;
}

export type Frame =
  | {
      readonly type: "welcome";
      readonly serverMs: number;
      readonly position: Position;
      /** null: the events after the position follow. */
      readonly snapshot: Snapshot | null;
      readonly identity: Plain;
    }
  | { readonly type: "event"; readonly event: JournalEvent }
  | { readonly type: "ping" | "pong"; readonly serverMs: number }
  | { readonly type: "bye"; readonly code: string; readonly reconnect: boolean }
  | { readonly type: "other" };

type Plain = Readonly<Record<string, unknown>>;

export function hello(token: string, position: Position | null): string {
  return JSON.stringify({
    type: "hello",
    token,
    role: "console",
    client: "console/0.1.0",
    streams: position === null ? [] : [position],
  });
}

export function readFrame(text: string): Frame {
  let plain: Plain;
  try {
    plain = JSON.parse(text) as Plain;
  } catch {
    return { type: "other" };
  }
  switch (plain["type"]) {
    case "welcome":
      return {
        type: "welcome",
        serverMs: timeOf(plain),
        position: { stream: String(plain["stream"]), epoch: String(plain["epoch"]), seq: Number(plain["after"]) },
        snapshot: plain["start"] === "snapshot" ? snapshotOf((plain["snapshot"] ?? {}) as Plain) : null,
        identity: (plain["identity"] ?? {}) as Plain,
      };
    case "event":
      return {
        type: "event",
        event: {
          seq: Number(plain["seq"]),
          at: String(plain["at"]),
          type: String(plain["event"]),
          data: (plain["data"] ?? {}) as Plain,
        },
      };
    case "ping":
      return { type: "ping", serverMs: timeOf(plain) };
    case "pong":
      return { type: "pong", serverMs: timeOf(plain) };
    case "bye":
      return { type: "bye", code: String(plain["code"]), reconnect: plain["reconnect"] !== false };
    default:
      return { type: "other" };
  }
}

function timeOf(plain: Plain): number {
  return typeof plain["time"] === "string" ? Date.parse(plain["time"]) : NaN;
}

function snapshotOf(board: Plain): Snapshot {
  const list = <T>(name: string): readonly T[] => (Array.isArray(board[name]) ? (board[name] as T[]) : []);
  return {
    county: countyOf((board["county"] ?? {}) as Plain),
    stations: list<Station>("stations"),
    zones: list<Zone>("zones"),
    cards: cardsFrom(board["cards"] ?? board),
  };
}

function countyOf(plain: Plain): County {
  const bounds = plain["bounds"];
  return {
    code: String(plain["code"] ?? ""),
    name: String(plain["name"] ?? ""),
    name_en: String(plain["name_en"] ?? plain["name"] ?? ""),
    time_zone: String(plain["time_zone"] ?? "Asia/Shanghai"),
    synthetic: plain["synthetic"] === true,
    attribution: Array.isArray(plain["attribution"]) ? plain["attribution"].map(String) : [],
    bounds: Array.isArray(bounds) && bounds.length === 4 ? (bounds.map(Number) as [number, number, number, number]) : null,
    names: (plain["names"] ?? {}) as County["names"],
  };
}
