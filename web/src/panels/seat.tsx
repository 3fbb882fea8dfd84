// One seat of a turn: who should sit there and who does, the answer by telephone, and for an empty one whom to ring up.

import { useSignal } from "@preact/signals";
import { reported } from "../actions.ts";
import { timeOfDay } from "../clock.ts";
import { called, nameOf, say as words, t } from "../i18n.ts";
import { substitutesFor, type Reachable, type SeatAnswer } from "../state/duty.ts";
import { county, stations } from "../state/store.ts";
import { causeOf, isTaken, type Turn, type TurnSeat } from "../state/turns.ts";

/** Said by whoever answers the telephone, not found out. */
const ABSENT = ["sick", "leave", "late", "not_reached", "other"];
const LEFT = ["sick", "leave", "elsewhere", "other"];
const MARKS: Readonly<Record<string, string>> = { present: "✓", errand: "↗", expected: "○" };

interface Props {
  readonly turn: Turn;
  readonly seat: TurnSeat;
  readonly phase: "running" | "next";
  /** The roll call may be answered: from a quarter of an hour before the shift. */
  readonly open: boolean;
  readonly takenOverBy: string | null;
  readonly mayAnswer: boolean;
  readonly say: (answers: readonly SeatAnswer[]) => void;
  readonly recall: (person: string) => void;
}

export function SeatRow(props: Props) {
  const { seat, turn, mayAnswer } = props;
  const asking = useSignal(false);
  const people = useSignal<readonly Reachable[] | null>(null);
  const telephone = isTaken(seat) ? seat.telephone : seat.planned_telephone;
  const lacking = !isTaken(seat) && seat.state !== "expected" && props.takenOverBy === null;
  const leaves = props.phase === "running" && isTaken(seat);
  const find = () => {
    if (people.value !== null) people.value = null;
    else void reported(substitutesFor(turn, seat.seat).then((found) => (people.value = found)));
  };
  const answer = (said: Omit<SeatAnswer, "seat">) => {
    asking.value = false;
    people.value = null;
    props.say([{ seat: seat.seat, ...said }]);
  };
  return (
    <li class={`seat ${seat.state} ${lacking ? (seat.required ? "lacking" : "wished") : ""}`} data-test="seat" data-seat={seat.seat} data-state={seat.state}>
      <div class="first">
        <span class="mark" aria-hidden="true">{MARKS[seat.state] ?? "✕"}</span>
        <span class="role">{nameOf("roles", seat.role)}</span>
        <b>{seat.name ?? seat.planned_name ?? t("page.seat.nobody")}</b>
        <span class="state">{props.takenOverBy === null ? stateText(seat, props.open) : t("page.seat.taken_over", { name: props.takenOverBy })}</span>
      </div>
      <div class="second">
        {typeof telephone === "string" && <span class="telephone">☎ {telephone}</span>}
        {isTaken(seat) && seat.person !== seat.planned && seat.planned_name !== null && (
          <small>{t("page.seat.instead_of", { name: seat.planned_name })}</small>
        )}
        {!seat.required && <small>{t("page.seat.wished")}</small>}
        <span class="spring" />
        {mayAnswer && <Answers {...props} answer={answer} ask={() => (asking.value = !asking.value)} lacking={lacking} find={find} />}
      </div>
      {asking.value && (
        <div class="choices causes" role="group" aria-label={t("page.cause")}>
          {(leaves ? LEFT : ABSENT).map((cause) => (
            <button
              key={cause}
              type="button"
              onClick={() => answer({ state: leaves ? "left" : "absent", cause, ...whom(seat) })}
              data-cause={cause}
            >
              {nameOf("absent", cause)}
            </button>
          ))}
        </div>
      )}
      {people.value !== null && <Substitutes {...props} people={people.value} answer={answer} />}
    </li>
  );
}

/** Who sits there may be another than the roster has. */
const whom = (seat: TurnSeat): { person?: string } =>
  seat.person !== null && seat.person !== seat.planned ? { person: seat.person } : {};

function stateText(seat: TurnSeat, answerable: boolean): string {
  if (seat.state === "expected" && !answerable) return t("page.seat.coming");
  if (seat.state === "errand") {
    const back = seat.told.find((one) => one.person === seat.person)?.back_by;
    return t("page.seat.errand", { back_by: back == null ? "—" : clock(back) });
  }
  const cause = causeOf(seat);
  const what = t(`page.seat.${seat.state}`);
  return cause === null || isTaken(seat) ? what : t("page.seat.why", { what, cause: nameOf("absent", cause) });
}

const clock = (time: string): string => timeOfDay(Date.parse(time), county.value.time_zone).slice(0, 5);

interface AnswersProps extends Props {
  readonly lacking: boolean;
  readonly answer: (said: Omit<SeatAnswer, "seat">) => void;
  readonly ask: () => void;
  readonly find: () => void;
}

function Answers({ seat, phase, open, takenOverBy, lacking, answer, ask, find, recall }: AnswersProps) {
  if (takenOverBy !== null) return null;
  const early = phase === "next" && !open;
  const here = () => answer({ state: "present", ...(early ? { now: true } : {}), ...whom(seat) });
  const person = seat.person;
  return (
    <span class="answers">
      {seat.state === "errand" && person !== null && (
        <button type="button" class="small" onClick={() => recall(person)} data-test="recall">
          {t("page.seat.recall")}
        </button>
      )}
      {seat.planned !== null && seat.state !== "present" && (open || early) && (
        <button type="button" class={`small ${early ? "" : "here"}`} onClick={here} data-test="present">
          {t(seat.state === "errand" ? "page.seat.back" : early ? "page.seat.take_over" : lacking ? "page.seat.came" : "page.seat.here")}
        </button>
      )}
      {(isTaken(seat) || seat.state === "expected") && (
        <button type="button" class="small" onClick={ask} data-test="absent">
          {t(isTaken(seat) && phase === "running" ? "page.seat.gone" : "page.seat.not_here")}
        </button>
      )}
      {lacking && (
        <button type="button" class="small" onClick={find} data-test="find">
          ☎ {t("page.unit.call_in")}
        </button>
      )}
    </span>
  );
}

/** A lending team has mostly the code of its station. */
function reasonText({ code, params }: Reachable["reasons"][number]): string {
  const lender = typeof params?.["lender"] === "string" ? stations.value.get(params["lender"]) : undefined;
  return words({ code, params: { ...params, ...(lender === undefined ? {} : { lender: called(lender) }) } });
}

interface SubstitutesProps extends Props {
  readonly people: readonly Reachable[];
  readonly answer: (said: Omit<SeatAnswer, "seat">) => void;
}

/** Rung up by a person; on the board only once there: nobody counts who is still on the way. */
function Substitutes({ people, phase, open, answer }: SubstitutesProps) {
  if (people.length === 0) return <p class="quiet">{t("page.unit.nobody_to_call")}</p>;
  return (
    <ol class="substitutes" data-test="substitutes">
      {people.map((one) => (
        <li key={one.person} data-person={one.person}>
          <div class="first">
            <b>{one.name}</b>
            <span class="telephone">☎ {one.telephone}</span>
            <span class="spring" />
            {(open || phase === "running") && (
              <button
                type="button"
                class="small here"
                onClick={() => answer({ state: "present", person: one.person, ...(phase === "running" ? { now: true } : {}) })}
                data-test="call-in-person"
              >
                {t("page.seat.has_come")}
              </button>
            )}
          </div>
          <small>{one.reasons.map(reasonText).join(" · ")}</small>
        </li>
      ))}
    </ol>
  );
}
