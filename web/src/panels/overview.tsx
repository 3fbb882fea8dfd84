// What stands at the right while no incident is open: cover by zone, roads, what was closed, and the running log.

import { called, t } from "../i18n.ts";
import { openTeam } from "../state/duty.ts";
import { openRoster } from "../state/roster.ts";
import { standings, stations, unitsByCode, zones } from "../state/store.ts";
import { shortTeams } from "../state/turns.ts";
import { isFree } from "../state/standing.ts";
import { Log } from "./log.tsx";
import { Key, Section } from "./parts.tsx";
import { Roads } from "./roads.tsx";
import { Shift } from "./shift.tsx";

export function Overview() {
  return (
    <div class="overview">
      <Cover />
      <Duty />
      <Roads />
      <Shift />
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

/** Rostered teams that cannot roll with what is there; where there is no roster there is nothing to say. */
function Duty() {
  const units = [...unitsByCode.value.values()];
  if (!units.some((unit) => unit.crew_team !== null)) return null;
  const short = shortTeams(units);
  return (
    <Section
      title={t("page.duty")}
      aside={
        <button type="button" class="small" onClick={() => openRoster(null)} data-test="open-roster">
          ▦ {t("page.roster")} <Key>D</Key>
        </button>
      }
    >
      <ul class="cover" data-test="short-teams">
        {short.map((one) => {
          const station = stations.value.get(one.station);
          return (
            <li key={one.team}>
              <button type="button" class="plain line" onClick={() => openTeam(one.team)} data-test="short-team" data-team={one.team}>
                <span>{station === undefined ? one.team : called(station)}</span>
                <b class="short">✕ {one.units.map((unit) => `${called(unit)} ${unit.crew}/${unit.crew_wanted ?? unit.minimum_crew}`).join("、")}</b>
              </button>
            </li>
          );
        })}
      </ul>
      {short.length === 0 && <p class="quiet">{t("page.duty.none")}</p>}
    </Section>
  );
}
