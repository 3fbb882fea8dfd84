// The unit board: every unit by zone and station, with its standing; a click adds it to the order or takes it out.

import { useSignal } from "@preact/signals";
import { called, nameOf, t } from "../i18n.ts";
import type { Unit } from "../state/cards.ts";
import { BUSY, isFree } from "../state/standing.ts";
import { selected, standings, stations, unitsByCode, zones } from "../state/store.ts";
import { chosenUnits, dialog, panel, toggleUnit } from "../state/view.ts";
import { CrewCount, Glyph, Key } from "./parts.tsx";

const OUT = " ";
const NEIGHBOURS = "~";

export function Board() {
  const shut = useSignal<ReadonlySet<string>>(new Set([NEIGHBOURS]));
  const groups = grouped([...unitsByCode.value.values()]);
  const toggle = (zone: string) => {
    const next = new Set(shut.value);
    if (!next.delete(zone)) next.add(zone);
    shut.value = next;
  };
  return (
    <div class="board">
      <h2>
        {t("page.board")} <Key>U</Key>
      </h2>
      <div class="scroll" id="board" onKeyDown={walk}>
        {groups.map(([zone, units]) => {
          const free = units.filter((unit) => isFree(standings.value.get(unit.code) ?? "off_duty")).length;
          const closed = shut.value.has(zone);
          return (
            <div key={zone} class="zone">
              <button type="button" class="plain heading" onClick={() => toggle(zone)} aria-expanded={!closed}>
                <span>{closed ? "▸" : "▾"} {zoneName(zone)}</span>
                <span class={free === 0 && zone !== OUT ? "short" : ""}>
                  {zone === OUT ? units.length : t("page.board.free", { free, all: units.length })}
                </span>
              </button>
              {!closed && byStation(units).map((unit) => <Row key={unit.id} unit={unit} />)}
            </div>
          );
        })}
      </div>
    </div>
  );
}

/** Arrows go from row to row while the focus is here, not along the queue. */
function walk(event: KeyboardEvent & { currentTarget: HTMLElement }): void {
  const by = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
  if (by === 0 || !(event.target instanceof HTMLElement)) return;
  const rows = [...event.currentTarget.querySelectorAll<HTMLElement>(".unit, .heading")];
  const at = rows.indexOf(event.target.closest(".unit-row")?.querySelector<HTMLElement>(".unit") ?? event.target);
  rows[at + by]?.focus();
  event.preventDefault();
  event.stopPropagation();
}

/** Who is out stands above all; then the zones in their order; the neighbours last. */
function grouped(units: readonly Unit[]): readonly (readonly [string, readonly Unit[]])[] {
  const groups = new Map<string, Unit[]>();
  const put = (zone: string, unit: Unit) => groups.set(zone, [...(groups.get(zone) ?? []), unit]);
  for (const unit of units) {
    if (BUSY.has(standings.value.get(unit.code) ?? "free")) put(OUT, unit);
    else put(unit.is_foreign ? NEIGHBOURS : unit.zone, unit);
  }
  const place = (zone: string) => (zone === OUT ? 0 : zone === NEIGHBOURS ? 2 : 1);
  return [...groups].sort(([a], [b]) => place(a) - place(b) || a.localeCompare(b));
}

function zoneName(code: string): string {
  if (code === OUT) return t("page.board.out");
  if (code === NEIGHBOURS) return t("page.board.neighbours");
  const zone = zones.value.get(code);
  return zone === undefined ? code || t("page.board.no_zone") : called(zone);
}

function byStation(units: readonly Unit[]): readonly Unit[] {
  return [...units].sort((a, b) => a.station.localeCompare(b.station) || a.code.localeCompare(b.code));
}

function Row({ unit }: { readonly unit: Unit }) {
  const standing = standings.value.get(unit.code) ?? "off_duty";
  const chosen = chosenUnits.value.has(unit.code);
  const open = panel.value === "incident" && selected.value?.status === "open";
  const station = stations.value.get(unit.station);
  const change = () => {
    dialog.value = { type: "unit", unit: unit.code };
  };
  return (
    <div class="unit-row">
      <button
        type="button"
        class={`unit ${chosen ? "ticked" : ""}`}
        onClick={() => (open ? toggleUnit(unit.code) : change())}
        title={`${station === undefined ? "" : called(station)} · ${nameOf("vehicle_classes", unit.vehicle_class)} · ${nameOf("duty_modes", unit.duty_mode)} · ${t("page.crew", { crew: unit.crew })}`}
        data-test="unit"
        data-unit={unit.code}
        data-standing={standing}
      >
        <Glyph standing={standing} />
        <span class="name">{called(unit)}</span>
        <span class="word">
          {unit.crew_team !== null && <CrewCount unit={unit} />} {chosen ? `✓ ${t("page.ticked")}` : t(`page.standing.${standing}`)}
        </span>
      </button>
      <button type="button" class="plain more" onClick={change} title={t("page.unit.change")} aria-label={`${called(unit)} ${t("page.unit.change")}`} data-test="unit-change">
        ⋯
      </button>
    </div>
  );
}
