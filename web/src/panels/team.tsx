// One team at this minute: who is on, who has answered, what is open and whom to ring up, who takes over when.

import { reported } from "../actions.ts";
import { called, nameOf, t } from "../i18n.ts";
import { session } from "../net/session.ts";
import { answerSeats, recallFrom, teamNow, teamReadMs, type SeatAnswer } from "../state/duty.ts";
import { openRoster } from "../state/roster.ts";
import { county, now, standings, stations, unitsByCode } from "../state/store.ts";
import { byUnit, openSeats, phaseOf, standingOver, takenOver, type Phase, type TeamNow, type Turn } from "../state/turns.ts";
import { backToOverview, dialog, toast } from "../state/view.ts";
import { dayAndTime } from "../clock.ts";
import { Sure } from "./choices.tsx";
import { At, Countdown, CrewCount, Glyph, Key, Section } from "./parts.tsx";
import { teamName } from "./roster.tsx";
import { SeatRow } from "./seat.tsx";

const MAY_ANSWER = new Set(["dispatcher", "supervisor", "admin", "roster_officer"]);

export function TeamPanel() {
  const team = teamNow.value;
  return (
    <div class="incident team" data-test="team">
      <div class="scroll">
        {team === null ? <p class="empty">{t("page.team.reading")}</p> : <Inside team={team} />}
      </div>
      <div class="bar">
        <button type="button" onClick={() => openRoster(team?.team ?? null)} data-test="team-roster">
          ▦ {t("page.roster")}
        </button>
        <button type="button" onClick={backToOverview}>
          {t("page.back")} <Key>Esc</Key>
        </button>
      </div>
    </div>
  );
}

function Inside({ team }: { readonly team: TeamNow }) {
  const nowMs = now.peek();
  const told = new Map<Phase, Turn[]>();
  for (const turn of team.turns) told.set(phaseOf(turn, nowMs), [...(told.get(phaseOf(turn, nowMs)) ?? []), turn]);
  const running = told.get("running") ?? [];
  const over = standingOver(team.turns, nowMs);
  const relieved = takenOver(team.turns, nowMs);
  return (
    <>
      <Head team={team} />
      {over.length > 0 && (
        <p class="over short" data-test="standing-over">
          ! {t("page.team.standing_over", { names: over })}
        </p>
      )}
      {running.map((turn) => (
        <TurnPart key={turn.id} team={team} turn={turn} phase="running" over={relieved} />
      ))}
      {running.length === 0 && (
        <Section title={t("page.team.on_now")}>
          <p class="short">{t(team.turns.length === 0 ? "page.team.not_published" : "page.team.no_shift_now")}</p>
        </Section>
      )}
      {(told.get("next") ?? []).map((turn) => (
        <TurnPart key={turn.id} team={team} turn={turn} phase="next" over={NOBODY} />
      ))}
    </>
  );
}

function Head({ team }: { readonly team: TeamNow }) {
  const station = stations.value.get(team.station ?? "");
  const telephone = team.telephone ?? station?.telephone ?? "";
  const units = [...unitsByCode.value.values()].filter((unit) => unit.crew_team === team.team);
  return (
    <div class="head">
      <div class="first">
        <h2>{teamName(team)}</h2>
        <span class="spring" />
        <button type="button" class="plain close" onClick={backToOverview} aria-label={t("page.back")}>✕</button>
      </div>
      <p>
        {telephone !== "" && <span class="telephone">☎ {telephone}</span>}
        {teamReadMs.value !== null && (
          <small>
            {" "}
            {t("page.team.as_of")} <At time={new Date(teamReadMs.value).toISOString()} />
          </small>
        )}
      </p>
      <ul class="team-units">
        {units.map((unit) => (
          <li key={unit.code}>
            <button type="button" class="plain" onClick={() => (dialog.value = { type: "unit", unit: unit.code })} data-test="team-unit" data-unit={unit.code}>
              <Glyph standing={standings.value.get(unit.code) ?? "off_duty"} /> {called(unit)} <CrewCount unit={unit} />
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

const NOBODY: ReadonlyMap<string, string> = new Map();

interface Part {
  readonly team: TeamNow;
  readonly turn: Turn;
  readonly phase: "running" | "next";
  /** Seats of this turn that the next one has taken over, by whom. */
  readonly over: ReadonlyMap<string, string>;
}

function TurnPart({ team, turn, phase, over }: Part) {
  const mayAnswer = MAY_ANSWER.has(session.value?.role ?? "");
  const open = Date.parse(turn.opens_at) <= now.peek();
  const zone = county.value.time_zone;
  const span = `${dayAndTime(Date.parse(turn.starts_at), zone)} – ${dayAndTime(Date.parse(turn.ends_at), zone)}`;
  const say = (answers: readonly SeatAnswer[]) => void told(turn, answers);
  return (
    <Section
      title={t(phase === "running" ? "page.team.on_now" : "page.team.next")}
      aside={phase === "next" ? <Countdown to={turn.starts_at} /> : undefined}
    >
      <div class={`turn ${phase}`} data-test={`turn-${phase}`}>
        <p class="span">
          <b>{span}</b> <span class="quiet">{team.shift_names[turn.shift] ?? turn.shift}</span>
        </p>
        <State turn={turn} phase={phase} over={over} />
        {mayAnswer && <Everybody turn={turn} phase={phase} open={open} say={say} />}
        {byUnit(turn.seats).map(([unit, seats]) => (
          <div key={unit ?? ""} class="seats">
            <h4>{unitName(unit)}</h4>
            <ul>
              {seats.map((seat) => (
                <SeatRow
                  key={seat.seat}
                  turn={turn}
                  seat={seat}
                  phase={phase}
                  open={open}
                  takenOverBy={over.get(seat.seat) ?? null}
                  mayAnswer={mayAnswer}
                  say={say}
                  recall={(person) => void reported(recallFrom(person))}
                />
              ))}
            </ul>
          </div>
        ))}
      </div>
    </Section>
  );
}

function unitName(code: string | null): string {
  if (code === null) return t("page.team.own_seats");
  const unit = unitsByCode.value.get(code);
  return unit === undefined ? code : called(unit);
}

async function told(turn: Turn, answers: readonly SeatAnswer[]): Promise<void> {
  if (await reported(answerSeats(turn, answers))) toast({ code: "page.team.recorded", params: { count: answers.length } });
}

function State({ turn, phase, over }: Omit<Part, "team">) {
  const lacking = openSeats(turn, over);
  return (
    <p class="rollcall" data-test="rollcall-state" data-state={turn.state}>
      <span class={turn.state === "overdue" ? "short" : turn.state === "answered" ? "done" : "quiet"}>
        {t(`page.rollcall.${turn.state}`)}
        {turn.unanswered > 0 && turn.state !== "planned" && ` · ${t("page.rollcall.unanswered", { count: turn.unanswered })}`}
      </span>
      {turn.state === "open" && turn.unanswered > 0 && (
        <small>
          {" "}
          {t("page.rollcall.due")} <At time={turn.due_at} />
        </small>
      )}
      {turn.state === "planned" && (
        <small>
          {" "}
          {t("page.rollcall.opens")} <At time={turn.opens_at} />
        </small>
      )}
      {lacking.length > 0 && (
        <b class="short" data-test="open-seats">
          {" "}
          ✕ {t(phase === "running" ? "page.team.open" : "page.team.will_be_open", { roles: lacking.map((seat) => nameOf("roles", seat.role)) })}
        </b>
      )}
    </p>
  );
}

interface EverybodyProps {
  readonly turn: Turn;
  readonly phase: "running" | "next";
  readonly open: boolean;
  readonly say: (answers: readonly SeatAnswer[]) => void;
}

/** What is said most often by telephone, in one press: all the others are here; the next shift takes over now. */
function Everybody({ turn, phase, open, say }: EverybodyProps) {
  const expected = turn.seats.filter((seat) => seat.state === "expected");
  const coming = turn.seats.filter((seat) => seat.state === "expected" || seat.state === "present");
  return (
    <div class="together">
      {open && expected.length > 0 && (
        <button
          type="button"
          class="strong"
          onClick={() => say(expected.map((seat) => ({ seat: seat.seat, state: "present" })))}
          data-test="all-present"
        >
          ✓ {t("page.rollcall.all_present", { count: expected.length })}
        </button>
      )}
      {phase === "next" && coming.length > 0 && (
        <Sure
          label={t("page.rollcall.take_over")}
          onSure={() => say(coming.map((seat) => ({ seat: seat.seat, state: "present", now: true })))}
          test="take-over"
        />
      )}
    </div>
  );
}
