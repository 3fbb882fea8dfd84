// Who was sent: for each the ladder from ordered to on scene, the time left to answer, and what can be done by phone.

import { called, nameOf, t } from "../i18n.ts";
import { me, reported } from "../actions.ts";
import type { Assignment, Incident } from "../state/cards.ts";
import { clear, keep } from "../state/commands.ts";
import { awaitsAnswer, isLive, steps } from "../state/ladder.ts";
import { assignmentsOf, standings, stations, unitsByCode } from "../state/store.ts";
import { dialog } from "../state/view.ts";
import { minutes } from "../clock.ts";
import { Sure } from "./choices.tsx";
import { At, Countdown, Glyph, Section } from "./parts.tsx";

export function Assignments({ incident }: { readonly incident: Incident }) {
  const all = assignmentsOf.value.get(incident.id) ?? [];
  if (all.length === 0) return null;
  const live = all.filter(isLive);
  const ended = all.filter((one) => !isLive(one));
  return (
    <Section title={t("page.sent")} aside={<small>{live.length}</small>}>
      <ul class="assignments">
        {[...live, ...ended].map((one) => (
          <Row key={one.id} assignment={one} />
        ))}
      </ul>
    </Section>
  );
}

function Row({ assignment }: { readonly assignment: Assignment }) {
  const card = unitsByCode.value.get(assignment.unit);
  const live = isLive(assignment);
  const station = stations.value.get(assignment.station);
  return (
    <li class={`${assignment.state} ${live ? "" : "ended"}`} data-test="assignment" data-unit={assignment.unit} data-state={assignment.state}>
      <div class="first">
        {live && <Glyph standing={standings.value.get(assignment.unit) ?? "ordered"} />}
        <b>{card === undefined ? assignment.unit : called(card)}</b>
        {assignment.verb === "request" && <i class="verb">{t("page.verb.request")}</i>}
        <span class="quiet">
          {nameOf("tasks", assignment.task)}
          {assignment.eta_seconds !== null && ` · ${minutes(assignment.eta_seconds)} ${t("page.min")}`}
        </span>
        <span class="spring" />
        {awaitsAnswer(assignment) && assignment.acknowledge_due_at !== null && <Countdown to={assignment.acknowledge_due_at} />}
      </div>
      <Ladder assignment={assignment} />
      {assignment.state === "unconfirmed" && (
        <p class="shortfall" role="alert">
          ✕ {assignment.late_acknowledged_at === null ? t("page.unconfirmed") : t("page.late")}
          {station !== undefined && station.telephone !== "" && <span class="telephone"> ☎ {station.telephone}</span>}
        </p>
      )}
      {assignment.acknowledged_via !== null && assignment.acknowledged_via !== "device" && (
        <p class="quiet">
          ☎ {nameOf("via", assignment.acknowledged_via)} · {assignment.acknowledged_by}
        </p>
      )}
      {assignment.cause !== null && <p class="quiet">{nameOf("assignment_causes", assignment.cause)}</p>}
      {live && <Doing assignment={assignment} telephone={station?.telephone ?? ""} />}
    </li>
  );
}

function Ladder({ assignment }: { readonly assignment: Assignment }) {
  return (
    <ol class="ladder">
      {steps(assignment).map((step) => (
        <li key={step.state} class={step.bad ? "bad" : step.at !== null ? "done" : ""}>
          <span>
            {step.bad ? "✕ " : step.at !== null ? "✓ " : "○ "}
            {t(`page.step.${step.state}`)}
          </span>
          {step.at !== null ? <At time={step.at} /> : <time class="at">––:––</time>}
        </li>
      ))}
    </ol>
  );
}

function Doing({ assignment, telephone }: { readonly assignment: Assignment; readonly telephone: string }) {
  const { id, state } = assignment;
  const late = assignment.late_acknowledged_at !== null && state === "unconfirmed";
  return (
    <div class="doing">
      {late && (
        <button type="button" class="strong" onClick={() => void reported(keep(id, { by: me(), via: "console" }))} data-test="keep">
          ✓ {t("page.keep")}
        </button>
      )}
      {awaitsAnswer(assignment) && !late && (
        <button type="button" onClick={() => (dialog.value = { type: "telephone", assignment: id })} data-test="telephone" title={telephone}>
          ☎ {t("page.telephone")}
        </button>
      )}
      {state !== "on_scene" && (
        <button type="button" onClick={() => (dialog.value = { type: "unable", assignment: id })}>
          {assignment.verb === "order" ? t("page.unable") : t("page.decline")}
        </button>
      )}
      <button type="button" onClick={() => (dialog.value = { type: "recall", assignment: id })}>{t("page.recall")}</button>
      {!awaitsAnswer(assignment) && (
        <Sure label={t("page.clear")} onSure={() => void reported(clear(id, { by: me(), via: "console" }))} test="clear" />
      )}
    </div>
  );
}
