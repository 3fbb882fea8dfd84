// Beside the roster's table: one team's day with seats and names, or what needs an eye of all days; and the exports.

import { useSignal } from "@preact/signals";
import { reported } from "../actions.ts";
import { dayAndTime } from "../clock.ts";
import { called, nameOf, say, t } from "../i18n.ts";
import { download } from "../net/api.ts";
import { openTeam } from "../state/duty.ts";
import { troubles, type Absence, type Glance, type MonthSeat, type MonthShift, type Window } from "../state/glance.ts";
import { absences, chosen, days, dayTold, seen, type Chosen } from "../state/roster.ts";
import { county, unitsByCode } from "../state/store.ts";
import { inOrder } from "../state/turns.ts";
import { backToOverview } from "../state/view.ts";
import { Key, Section } from "./parts.tsx";
import { MARKS, teamName } from "./roster.tsx";

export function RosterPanel() {
  const at = chosen.value;
  const window = days.value;
  return (
    <div class="incident team" data-test="roster-panel">
      <div class="scroll">
        {at === null ? <Everybody /> : <TeamDayPart at={at} />}
        {window !== null && <Exports window={window} team={at?.team ?? null} />}
      </div>
      <div class="bar">
        {at !== null && (
          <button type="button" onClick={() => (chosen.value = null)} data-test="all-days">
            {t("page.roster.all")}
          </button>
        )}
        <button type="button" onClick={backToOverview}>
          {t("page.back")} <Key>Esc</Key>
        </button>
      </div>
    </div>
  );
}

const MOST = 60;

function Everybody() {
  const glance = seen.value;
  const all = glance === null ? [] : troubles(glance);
  return (
    <>
      <Section title={t("page.roster.open_seats")} aside={<small>{all.length}</small>}>
        <ul class="troubles" data-test="troubles">
          {all.slice(0, MOST).map((one) => (
            <li key={`${one.team} ${one.day.day}`}>
              <button type="button" class="plain" onClick={() => (chosen.value = { team: one.team, day: one.day.day })}>
                <i class={`cell ${one.day.colour}`}>{MARKS[one.day.colour ?? ""]}</i>
                <span>
                  {one.day.day.slice(5)} {nameOfTeam(one.team)}
                </span>
                <small>
                  {one.day.filled}/{one.day.seats}
                </small>
              </button>
            </li>
          ))}
        </ul>
        {all.length === 0 && <p class="quiet">{t("page.roster.no_open_seats")}</p>}
        {all.length > MOST && <p class="quiet">{t("page.roster.more", { count: all.length - MOST })}</p>}
      </Section>
      <Section title={t("page.roster.away_now")} aside={<small>{absences.value.length}</small>}>
        <Away all={absences.value} />
      </Section>
    </>
  );
}

function Away({ all }: { readonly all: readonly Absence[] }) {
  const zone = county.value.time_zone;
  return (
    <>
      <ul class="away" data-test="away">
        {all.map((one) => (
          <li key={one.code}>
            <b>{one.name ?? one.person}</b> {nameOf("absent", one.kind)}{" "}
            <small>
              {dayAndTime(Date.parse(one.starts_at), zone)} – {dayAndTime(Date.parse(one.ends_at), zone)}
            </small>
          </li>
        ))}
      </ul>
      {all.length === 0 && <p class="quiet">{t("page.roster.nobody_away")}</p>}
    </>
  );
}

function TeamDayPart({ at }: { readonly at: Chosen }) {
  const glance = seen.value;
  const told = dayTold.value;
  const team = glance?.teams.find((one) => one.code === at.team);
  const isRead = told !== null && told.of.team === at.team && told.of.day === at.day;
  return (
    <>
      <div class="head">
        <div class="first">
          <h2>{team === undefined ? at.team : teamName(team)}</h2>
          <span class="spring" />
          <button type="button" class="plain close" onClick={() => (chosen.value = null)} aria-label={t("page.roster.all")}>✕</button>
        </div>
        <p>
          <b>{at.day}</b> {glance?.calendar.find((one) => one.day === at.day)?.holiday}
        </p>
        <button type="button" onClick={() => openTeam(at.team)} data-test="roster-now">
          ☎ {t("page.team.on_now")}
        </button>
      </div>
      {!isRead && <p class="empty">{t("page.team.reading")}</p>}
      {isRead && !told.published && <p class="empty">{t("page.roster.not_published")}</p>}
      {isRead && told.published && told.shifts.map((shift) => <ShiftPart key={shift.shift} shift={shift} glance={glance} />)}
      {isRead && (
        <Section title={t("page.roster.away")} aside={<small>{absences.value.length}</small>}>
          <Away all={absences.value} />
        </Section>
      )}
    </>
  );
}

function ShiftPart({ shift, glance }: { readonly shift: MonthShift; readonly glance: Glance | null }) {
  const units = [...new Set(shift.seats.map((seat) => seat.unit))].sort((a, b) => (a === "" ? 1 : b === "" ? -1 : a.localeCompare(b)));
  return (
    <Section title={glance?.shifts[shift.shift] ?? shift.shift}>
      {units.map((code) => {
        const unit = unitsByCode.value.get(code);
        const told = shift.units[code];
        return (
          <div key={code} class="seats" data-test="day-unit" data-unit={code}>
            <h4>
              {told !== undefined && <i class={`cell ${told.colour}`}>{MARKS[told.colour]}</i>}{" "}
              {code === "" ? t("page.team.own_seats") : unit === undefined ? code : called(unit)}
            </h4>
            {told !== undefined && told.causes.length > 0 && <p class="quiet causes-line">{told.causes.map(causeText).join(" · ")}</p>}
            <ul>
              {inOrder(shift.seats.filter((seat) => seat.unit === code)).map((seat) => (
                <DaySeat key={seat.seat} seat={seat} />
              ))}
            </ul>
          </div>
        );
      })}
    </Section>
  );
}

function DaySeat({ seat }: { readonly seat: MonthSeat }) {
  const zone = county.value.time_zone;
  const parted = seat.held_by.length > 1;
  return (
    <li class={`seat ${seat.held_by.length === 0 ? (seat.required ? "lacking" : "wished") : ""}`} data-test="day-seat" data-seat={seat.seat}>
      <div class="first">
        <span class="role">{nameOf("roles", seat.role)}</span>
        {seat.held_by.length === 0 && <b>{t("page.seat.open")}</b>}
        <span class="names">
          {seat.held_by.map((one) => (
            <span key={`${one.person} ${one.starts}`}>
              <b>{one.name}</b>
              {one.borrowed_from !== "" && <small> {t("roster.substitute.lent", { lender: nameOfTeam(one.borrowed_from) })}</small>}
              {parted && (
                <small>
                  {" "}
                  {dayAndTime(Date.parse(one.starts), zone)} – {dayAndTime(Date.parse(one.ends), zone)}
                </small>
              )}
            </span>
          ))}
        </span>
        {!seat.required && <small>{t("page.seat.wished")}</small>}
      </div>
    </li>
  );
}

/** Seats and qualifications are codes in the reasons of a colour. */
function causeText(cause: { readonly code: string; readonly params?: Readonly<Record<string, unknown>> }): string {
  const params: Record<string, unknown> = { ...cause.params };
  const { seat, qualification } = params;
  if (typeof seat === "string") params["seat"] = nameOf("roles", seat);
  if (typeof qualification === "string") params["qualification"] = nameOf("qualification", qualification.replace(/:.*/, ""));
  return say({ code: cause.code, params });
}

function nameOfTeam(code: string): string {
  const team = seen.value?.teams.find((one) => one.code === code);
  return team === undefined ? code : teamName(team);
}

const FORMS = ["html", "pdf", "xlsx"];

/** The days of the table as files: of the team in front, or of everybody. */
function Exports({ window, team }: { readonly window: Window; readonly team: string | null }) {
  const making = useSignal<string | null>(null);
  const fetchAs = async (form: string) => {
    making.value = form;
    const whose = team === null ? "" : `&team=${encodeURIComponent(team)}`;
    await reported(download(`/roster/export?first=${window.first}&days=${window.days}&format=${form}${whose}`));
    making.value = null;
  };
  return (
    <Section title={t("page.roster.export")} aside={<small>{t(team === null ? "page.roster.export_all" : "page.roster.export_team")}</small>}>
      <div class="together">
        {FORMS.map((form) => (
          <button key={form} type="button" disabled={making.value !== null} onClick={() => void fetchAs(form)} data-test="export" data-form={form}>
            {making.value === form ? `… ${t("page.roster.making")}` : `⤓ ${form.toUpperCase()}`}
          </button>
        ))}
      </div>
    </Section>
  );
}
