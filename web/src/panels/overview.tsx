// What stands at the right while no incident is open: cover by zone, roads that are closed, and the running log.

import { called, has, nameOf, say, t } from "../i18n.ts";
import { cards, log, standings, unitsByCode, zones } from "../state/store.ts";
import { isFree } from "../state/standing.ts";
import { remove } from "../net/api.ts";
import { reported } from "../actions.ts";
import { At, Section } from "./parts.tsx";

export function Overview() {
  return (
    <div class="overview">
      <Cover />
      <Roads />
      <Log />
    </div>
  );
}

function Cover() {
  const units = [...unitsByCode.value.values()].filter((unit) => !unit.is_foreign && (unit.brings["engine"] ?? 0) > 0);
  return (
    <Section title={t("page.cover")}>
      <ul class="cover">
        {[...zones.value.values()].map((zone) => {
          const own = units.filter((unit) => unit.zone === zone.code);
          const free = own.filter((unit) => isFree(standings.value.get(unit.code) ?? "off_duty")).length;
          return (
            <li key={zone.code} class={free === 0 ? "short" : ""}>
              <span>{called(zone)}</span>
              <b>{free === 0 ? `✕ ${t("page.cover.none")}` : t("page.cover.engines", { free, all: own.length })}</b>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}

function Roads() {
  const live = [...cards.value.conditions.values()].filter((one) => one.removed_at === null);
  if (live.length === 0) return null;
  return (
    <Section title={t("page.roads")}>
      <ul class="roads">
        {live.map((one) => (
          <li key={one.id}>
            <span class="short">{one.factor === 0 ? "✕" : "△"}</span>
            <span>
              {nameOf("forces.road_reason", one.reason)} · {one.factor === 0 ? t("page.roads.closed") : t("page.roads.slowed", { percent: Math.round(one.factor * 100) })}
            </span>
            <button type="button" class="plain" onClick={() => void reported(remove(`/roads/conditions/${one.id}`))}>
              {t("page.roads.open")}
            </button>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Log() {
  return (
    <Section title={t("page.log")}>
      <ol class="log">
        {log.value.slice(0, 80).map((line) => (
          <li key={line.seq}>
            <At time={line.at} />
            <span>{lineText(line.type, line.data)}</span>
          </li>
        ))}
      </ol>
      {log.value.length === 0 && <p class="empty">{t("page.log.empty")}</p>}
    </Section>
  );
}

function lineText(type: string, data: Readonly<Record<string, unknown>>): string {
  const code = `page.event.${type}`;
  const what = has(code) ? say({ code, params: data }) : type;
  const incident = typeof data["incident"] === "string" ? cards.value.incidents.get(data["incident"]) : undefined;
  const unit = typeof data["unit"] === "string" ? unitsByCode.value.get(data["unit"]) : undefined;
  return [
    incident === undefined ? (data["number"] ?? data["incident_number"]) : `${incident.number.split("-").at(-1) ?? ""} ${nameOf("kinds", incident.kind)}`,
    what,
    unit === undefined ? data["unit"] : called(unit),
  ].filter((part) => typeof part === "string").join(" · ");
}
