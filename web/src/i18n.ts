// The language of this page and the words for codes: the county's own names first, then the shared catalogue.

import { signal } from "@preact/signals";
import catalogue from "catalogue";
import { message, type Lang, type Params } from "./format.ts";
import type { Coded, Name } from "./state/cards.ts";
import { county, unitsByCode } from "./state/store.ts";

const KEY = "pianqu.lang";

export const lang = signal<Lang>(localStorage.getItem(KEY) === "en" ? "en" : "zh");

export function setLang(chosen: Lang): void {
  localStorage.setItem(KEY, chosen);
  lang.value = chosen;
  document.documentElement.lang = chosen === "zh" ? "zh-CN" : "en";
}

export function t(code: string, params: Params = {}): string {
  return message(catalogue, code, params, lang.value);
}

export function has(code: string): boolean {
  return code in catalogue;
}

/** Groups of the county's tables and the prefix under which the shared catalogue names their usual codes. */
const PREFIXES: Readonly<Record<string, string>> = {
  kinds: "kind",
  capabilities: "capability",
  tasks: "task",
  vehicle_classes: "vehicle_class",
  duty_modes: "duty_mode",
  slots: "slot",
  notify_bodies: "notify",
  shortfall_causes: "shortfall",
  place_kinds: "place_kind",
  missing: "page.milestones",
  statuses: "forces.status",
  water_kinds: "water_kind",
  station_classes: "class",
  service_causes: "forces.out_of_service",
  road_class: "forces.road_class",
};

/** A code of the county's tables (`kinds`, `capabilities` …) or of the page (`page.<group>.<code>`). */
export function nameOf(group: string, code: string): string {
  const own: Name | undefined = county.value.names[group]?.[code];
  if (own !== undefined) return own[lang.value];
  const candidates = [`page.${group}.${code}`, `${PREFIXES[group] ?? group}.${code}`];
  const known = candidates.find(has);
  return known === undefined ? code : t(known);
}

/** A reason with its parameters; parameters that are codes themselves are named, units by their names. */
export function say(coded: Coded): string {
  const params: Record<string, unknown> = { ...coded.params };
  for (const [field, group] of CODE_FIELDS) params[field] = named(params[field], (code) => nameOf(group, code));
  for (const field of ["unit", "units"]) params[field] = named(params[field], unitName);
  return t(coded.code, params);
}

function named(value: unknown, name: (code: string) => string): unknown {
  if (typeof value === "string") return name(value);
  return Array.isArray(value) ? value.map((one) => (typeof one === "string" ? name(one) : one)) : value;
}

function unitName(code: string): string {
  const unit = unitsByCode.peek().get(code);
  return unit === undefined ? code : called(unit);
}

const CODE_FIELDS: readonly (readonly [string, string])[] = [
  ["kind", "kinds"],
  ["capability", "capabilities"],
  ["codes", "capabilities"],
  ["task", "tasks"],
  ["vehicle_class", "vehicle_classes"],
  ["zone", "zones"],
  ["milestone", "milestones"],
  ["missing", "missing"],
  ["slots", "slots"],
  ["state", "step"],
  ["status", "statuses"],
  ["from", "statuses"],
  ["to", "statuses"],
  ["gates", "gate"],
  ["road_reason", "forces.road_reason"],
];

const ROMAN = ["", "Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ"];

/** A level never stands without its scale: forest response counts Ⅳ to Ⅰ, fire 1 to 5. */
export function levelText(incident: { readonly scale: string; readonly level: number }): string {
  return incident.scale === "forest"
    ? t("page.level.forest", { level: ROMAN[incident.level] ?? incident.level })
    : t("page.level", { level: incident.level });
}

/** One of two names on a card, by language. */
export function called(card: { readonly name: string; readonly name_en: string }): string {
  return lang.value === "zh" || card.name_en === "" ? card.name : card.name_en;
}
