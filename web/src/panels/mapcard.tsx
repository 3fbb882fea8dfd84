// The card of what the pointer is over on the map, or of what was clicked: who, with what, how to reach them.

import { called, nameOf, t } from "../i18n.ts";
import type { Station, Unit } from "../state/cards.ts";
import { openTeam } from "../state/duty.ts";
import { BUSY } from "../state/standing.ts";
import { timeOfDay } from "../clock.ts";
import { county, selected, standings, stations, unitsByCode, zones } from "../state/store.ts";
import { chosenUnits, dialog, inspected, pointed, toggleUnit, type Subject } from "../state/view.ts";
import { At, Glyph } from "./parts.tsx";

export function MapCard() {
  const held = inspected.value;
  const subject = held ?? pointed.value;
  if (subject === null) return null;
  const close = () => {
    inspected.value = null;
  };
  return (
    <div class={`map-card ${held === null ? "passing" : ""}`} data-test="map-card" data-code={subject.code}>
      {held !== null && (
        <button type="button" class="plain small shut" onClick={close} aria-label={t("page.shut")}>✕</button>
      )}
      <Inside subject={subject} held={held !== null} />
    </div>
  );
}

function Inside({ subject, held }: { readonly subject: Subject; readonly held: boolean }) {
  const unit = subject.type === "unit" ? unitsByCode.value.get(subject.code) : undefined;
  const station = stations.value.get(subject.type === "station" ? subject.code : (unit?.station ?? ""));
  const units =
    subject.type === "unit" ? (unit === undefined ? [] : [unit]) : [...unitsByCode.value.values()].filter((one) => one.station === subject.code);
  return (
    <>
      {station !== undefined && <StationLines station={station} />}
      <ul>
        {units.map((one) => (
          <UnitLines key={one.id} unit={one} held={held} />
        ))}
      </ul>
    </>
  );
}

function StationLines({ station }: { readonly station: Station }) {
  const zone = zones.value.get(station.zone);
  return (
    <>
      <h3>{called(station)}</h3>
      <p class="quiet">
        {[nameOf("station_classes", station.class), station.is_foreign ? t("page.board.neighbours") : zone === undefined ? "" : called(zone)]
          .filter((part) => part !== "")
          .join(" · ")}
      </p>
      {station.telephone !== "" && <p class="telephone">☎ {station.telephone}</p>}
    </>
  );
}

function UnitLines({ unit, held }: { readonly unit: Unit; readonly held: boolean }) {
  const standing = standings.value.get(unit.code) ?? "off_duty";
  const water = unit.brings["water_tonnes"] ?? 0;
  const pairs = unit.brings["ba_pairs"] ?? 0;
  const chosen = chosenUnits.value.has(unit.code);
  const sendable = selected.value?.status === "open" && !BUSY.has(standing);
  return (
    <li>
      <Glyph standing={standing} />
      <b>{called(unit)}</b>
      <span class="quiet">
        {t(`page.standing.${standing}`)} <At time={unit.status_at} />
      </span>
      <span class="quiet facts-line">
        {[
          nameOf("vehicle_classes", unit.vehicle_class),
          unit.on_duty ? t("page.crew_of", { crew: unit.crew, least: unit.minimum_crew }) : t("page.unit.off_duty"),
          unit.duty_until === null ? "" : `${t("page.unit.until")} ${timeOfDay(Date.parse(unit.duty_until), county.value.time_zone)}`,
          water > 0 ? t("page.water_tonnes", { tonnes: water }) : "",
          pairs > 0 ? t("page.ba_pairs", { pairs }) : "",
          nameOf("duty_modes", unit.duty_mode),
          unit.post?.place ?? "",
        ]
          .filter((part) => part !== "")
          .join(" · ")}
      </span>
      {held && (
        <span class="doing">
          {sendable && (
            <button type="button" onClick={() => toggleUnit(unit.code)} data-test="card-tick">
              {chosen ? `✓ ${t("page.ticked")}` : `＋ ${t("page.tick")}`}
            </button>
          )}
          <button type="button" onClick={() => (dialog.value = { type: "unit", unit: unit.code })} data-test="card-unit">
            ⋯ {t("page.unit.change")}
          </button>
          {unit.crew_team !== null && (
            <button type="button" onClick={() => openTeam(unit.crew_team ?? "")} data-test="card-team">
              ☰ {t("page.team.open_panel")}
            </button>
          )}
        </span>
      )}
    </li>
  );
}
