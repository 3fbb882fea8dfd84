// One unit, by hand: what it does, who is aboard, whether it can be used at all. Each part is sent by itself.

import { useSignal } from "@preact/signals";
import { me, reported } from "../actions.ts";
import { called, nameOf, t } from "../i18n.ts";
import type { Unit } from "../state/cards.ts";
import { callIn, setService, setStatus, setStrength, type ShortUnit } from "../state/commands.ts";
import { openTeam } from "../state/duty.ts";
import { isShort } from "../state/standing.ts";
import { standings, stations, unitsByCode } from "../state/store.ts";
import { toast } from "../state/view.ts";
import { Choices } from "./choices.tsx";
import { Frame, shut } from "./frame.tsx";
import { At, CrewCount, Glyph } from "./parts.tsx";

/** In the order of GA/T 974.39. */
const STATUSES = [
  "standby",
  "turned_out",
  "en_route",
  "on_scene",
  "water_on",
  "water_off",
  "returning",
  "forward_post",
  "water_shuttle",
  "training",
];
const SERVICE_CAUSES = ["repair", "equipment", "refill", "crew", "other"];

export function UnitDialog({ code }: { readonly code: string }) {
  const unit = unitsByCode.value.get(code);
  if (unit === undefined) return null;
  const station = stations.value.get(unit.station);
  const standing = standings.value.get(code) ?? "off_duty";
  return (
    <Frame title={called(unit)}>
      <p class="who">
        <Glyph standing={standing} /> {t(`page.standing.${standing}`)}
        {station !== undefined && station.telephone !== "" && <span> ☎ {station.telephone}</span>}
      </p>
      <p class="quiet">
        {[station === undefined ? "" : called(station), nameOf("vehicle_classes", unit.vehicle_class), nameOf("duty_modes", unit.duty_mode), unit.post?.place ?? ""]
          .filter((part) => part !== "")
          .join(" · ")}
      </p>
      <Status unit={unit} />
      {unit.crew_team === null ? <Strength unit={unit} /> : <CrewOf unit={unit} />}
      <Service unit={unit} />
    </Frame>
  );
}

async function recorded(unit: Unit, command: Promise<unknown>): Promise<void> {
  if (await reported(command)) toast({ code: "page.unit.recorded", params: { unit: unit.code, by: me() } });
}

function Status({ unit }: { readonly unit: Unit }) {
  return (
    <fieldset>
      <legend>
        {t("page.unit.status")} <At time={unit.status_at} />
      </legend>
      <div class="choices">
        {STATUSES.map((status) => (
          <button
            key={status}
            type="button"
            class={status === unit.status ? "on" : ""}
            aria-pressed={status === unit.status}
            onClick={() => status !== unit.status && void recorded(unit, setStatus(unit.code, status))}
            data-status={status}
          >
            {nameOf("statuses", status)}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

/** A unit whose team is not rostered here: how many are there is told as a number. */
function Strength({ unit }: { readonly unit: Unit }) {
  const crew = useSignal(unit.crew);
  const send = () => void recorded(unit, setStrength(unit.code, crew.value));
  return (
    <fieldset>
      <legend>{t("page.unit.duty")}</legend>
      <div class="together">
        <label class="beside">
          {t("page.unit.crew")}
          <input
            type="number"
            name="crew"
            min={0}
            max={unit.seats ?? 99}
            value={crew.value}
            onInput={(event) => (crew.value = Math.max(0, Math.round(Number(event.currentTarget.value) || 0)))}
          />
          <small>{t("page.unit.crew_rule", { least: unit.minimum_crew, seats: unit.seats ?? "—" })}</small>
        </label>
        <button type="button" class="strong" disabled={crew.value === unit.crew} onClick={send} data-test="record-strength">
          {t("page.record")}
        </button>
      </div>
    </fieldset>
  );
}

/** A rostered unit: who sits in it, who stands over, and what the next handover brings. */
function CrewOf({ unit }: { readonly unit: Unit }) {
  const next = unit.crew_next;
  return (
    <fieldset data-test="crew">
      <legend>
        {t("page.unit.duty")} <CrewCount unit={unit} />
        {unit.duty_until !== null && (
          <span class="quiet">
            {" · "}
            {t("page.unit.until")} <At time={unit.duty_until} />
          </span>
        )}
      </legend>
      <ul class="crew-seats">
        {unit.crew_seats.map((seat) => (
          <li key={`${seat.seat} ${seat.person}`} class={seat.standing_over ? "short" : ""}>
            {nameOf("roles", seat.role)} · {seat.name ?? seat.person}
            {seat.standing_over && ` · ${t("page.unit.standing_over")}`}
          </li>
        ))}
        {unit.crew_seats.length === 0 && <li class="short">{t("page.unit.nobody")}</li>}
      </ul>
      {next !== null && (
        <p class={next.seats_filled < unit.minimum_crew ? "short" : "quiet"}>
          {t("page.unit.next")} <At time={next.at} /> {next.seats_filled}/{next.wanted}
        </p>
      )}
      {unit.crew_team !== null && <ToTeam team={unit.crew_team} />}
      {isShort(unit) && <WhomToCallIn code={unit.code} />}
    </fieldset>
  );
}

function ToTeam({ team }: { readonly team: string }) {
  const go = () => {
    shut();
    openTeam(team);
  };
  return (
    <button type="button" onClick={go} data-test="open-team">
      ☰ {t("page.team.open_panel")}
    </button>
  );
}

/** Off-duty people are rung up by a person, never by the machine. */
function WhomToCallIn({ code }: { readonly code: string }) {
  const found = useSignal<readonly ShortUnit[] | null>(null);
  const ask = () => {
    void reported(callIn(code).then((answer) => (found.value = answer.units)));
  };
  if (found.value === null) {
    return (
      <button type="button" onClick={ask} data-test="call-in">
        ☎ {t("page.unit.call_in")}
      </button>
    );
  }
  const seats = found.value.flatMap((one) => one.seats);
  return (
    <ul class="crew-seats" data-test="call-in-list">
      {seats.length === 0 && <li class="quiet">{t("page.unit.nobody_to_call")}</li>}
      {seats.map((seat) => (
        <li key={seat.seat}>
          {nameOf("roles", seat.role)}：
          {seat.people.length === 0
            ? t("page.unit.nobody_to_call")
            : seat.people.map((one) => `${one.name} ☎ ${one.telephone}`).join(" · ")}
        </li>
      ))}
    </ul>
  );
}

function Service({ unit }: { readonly unit: Unit }) {
  const cause = useSignal(SERVICE_CAUSES[0] ?? "other");
  if (unit.out_of_service !== null) {
    return (
      <fieldset>
        <legend>{t("page.unit.service")}</legend>
        <div class="together">
          <span class="short">✕ {t("page.standing.out_of_service")} · {nameOf("service_causes", unit.out_of_service)}</span>
          <button type="button" class="strong" onClick={() => void recorded(unit, setService(unit.code, null))} data-test="back-in-service">
            {t("page.unit.back")}
          </button>
        </div>
      </fieldset>
    );
  }
  return (
    <fieldset>
      <legend>{t("page.unit.service")}</legend>
      <div class="together">
        <Choices label={t("page.cause")} all={SERVICE_CAUSES} name={(one) => nameOf("service_causes", one)} value={cause.value} onChange={(one) => (cause.value = one)} />
        <button type="button" onClick={() => void recorded(unit, setService(unit.code, cause.value))} data-test="out-of-service">
          ✕ {t("page.unit.out")}
        </button>
      </div>
    </fieldset>
  );
}
