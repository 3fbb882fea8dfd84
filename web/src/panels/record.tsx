// A closed incident, to be read only: its times, who was there and when, who called, what happened.

import { duration } from "../clock.ts";
import { called, levelText, nameOf, t } from "../i18n.ts";
import type { Assignment } from "../state/cards.ts";
import { steps } from "../state/ladder.ts";
import type { Recorded, UnitIntervals } from "../state/record.ts";
import { recorded } from "../state/shift.ts";
import { unitsByCode } from "../state/store.ts";
import { backToOverview } from "../state/view.ts";
import { lineText } from "./log.tsx";
import { At, Key, Section } from "./parts.tsx";

export function RecordPanel() {
  const record = recorded.value;
  if (record === null) return <p class="empty">{t("page.gone")}</p>;
  const { incident } = record;
  return (
    <div class="incident" data-test="record">
      <div class="scroll">
        <div class="head">
          <div class="first">
            <h2>{nameOf("kinds", incident.kind)}</h2>
            <span class="level">{levelText(incident)}</span>
            <span class="spring" />
            <button type="button" class="plain close" onClick={backToOverview} aria-label={t("page.back")}>✕</button>
          </div>
          <p class="place">{incident.place}</p>
          <p class="quiet">
            {incident.number} · {t("page.record.closed")} · {t("page.record.read_only")}
          </p>
          <p>
            <At time={incident.opened_at} /> – {incident.closed_at !== null && <At time={incident.closed_at} />}
          </p>
        </div>
        <Times record={record} />
        <Units record={record} />
        <Alarms record={record} />
        <Journal record={record} />
      </div>
      <div class="bar">
        <button type="button" onClick={backToOverview}>
          {t("page.back")} <Key>Esc</Key>
        </button>
      </div>
    </div>
  );
}

function Times({ record: { intervals } }: { readonly record: Recorded }) {
  const rows: (readonly [string, number | null])[] = [
    [t("page.interval.dispatch"), intervals.alarm_to_dispatch_seconds],
    [t("page.interval.acknowledge"), intervals.alarm_to_acknowledge_seconds],
    [t("page.interval.arrival"), intervals.alarm_to_arrival_seconds],
    ...Object.entries(intervals.milestones)
      .map(([name, seconds]) => [name.replace(/^opened_to_|_seconds$/g, ""), seconds] as const)
      .filter(([name]) => name !== "arrived") // said above
      .sort(([, a], [, b]) => (a ?? 0) - (b ?? 0))
      .map(([name, seconds]) => [nameOf("milestones", name), seconds] as const),
    [t("page.interval.open"), intervals.open_seconds],
  ];
  return (
    <Section title={t("page.interval")}>
      <dl class="intervals" data-test="intervals">
        {rows
          .filter(([, seconds]) => seconds !== null)
          .map(([name, seconds]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{span(seconds)}</dd>
            </div>
          ))}
      </dl>
    </Section>
  );
}

/** `00:41`, and below a second what a machine needed: `0.013 s`. */
function span(seconds: number | null): string {
  if (seconds === null) return "—";
  return seconds < 1 ? `${seconds.toFixed(3)} s` : duration(seconds * 1000);
}

function Units({ record }: { readonly record: Recorded }) {
  const times = new Map(record.intervals.units.map((one) => [one.assignment, one]));
  return (
    <Section title={t("page.sent")} aside={<small>{record.assignments.length}</small>}>
      <ul class="assignments">
        {record.assignments.map((one) => (
          <Row key={one.id} assignment={one} times={times.get(one.id)} />
        ))}
      </ul>
    </Section>
  );
}

function Row({ assignment, times }: { readonly assignment: Assignment; readonly times: UnitIntervals | undefined }) {
  const card = unitsByCode.value.get(assignment.unit);
  const parts: (readonly [string, number | null | undefined])[] = [
    [t("page.interval.turnout"), times?.turnout_seconds],
    [t("page.interval.travel"), times?.travel_seconds],
    [t("page.interval.work"), times?.work_seconds],
  ];
  return (
    <li class="ended">
      <div class="first">
        <b>{card === undefined ? assignment.unit : called(card)}</b>
        <span class="quiet">{nameOf("tasks", assignment.task)}</span>
      </div>
      <ol class="ladder">
        {steps(assignment).map((step) => (
          <li key={step.state} class={step.bad ? "bad" : step.at !== null ? "done" : ""}>
            <span>{t(`page.step.${step.state}`)}</span>
            {step.at !== null && <At time={step.at} />}
          </li>
        ))}
      </ol>
      <p class="quiet">
        {parts
          .filter(([, seconds]) => typeof seconds === "number")
          .map(([name, seconds]) => `${name} ${span(seconds ?? null)}`)
          .join(" · ")}
      </p>
    </li>
  );
}

function Alarms({ record }: { readonly record: Recorded }) {
  return (
    <Section title={t("page.alarms")} aside={<small>{record.alarms.length}</small>}>
      <ul class="alarms">
        {record.alarms.map((alarm) => (
          <li key={alarm.id}>
            <At time={alarm.reported_at ?? alarm.received_at ?? record.incident.opened_at} />
            <span>
              <b>{nameOf("sources", alarm.source)}</b> {alarm.caller}
              {(alarm.description ?? alarm.place_text) ? <q>{alarm.description ?? alarm.place_text}</q> : null}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Journal({ record }: { readonly record: Recorded }) {
  return (
    <Section title={t("page.record.journal")}>
      <ol class="log">
        {record.journal.map((line) => (
          <li key={line.seq}>
            <At time={line.at} />
            <span>{lineText(line.type, line.data)}</span>
          </li>
        ))}
      </ol>
    </Section>
  );
}
