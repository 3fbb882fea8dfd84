// The selected incident: what is known, what is proposed, who was sent, what is still to do.

import { useSignal, useSignalEffect } from "@preact/signals";
import { dispatchChosen, me, reported, undoDispatch } from "../actions.ts";
import { called, levelText, nameOf, t } from "../i18n.ts";
import { get } from "../net/api.ts";
import type { Incident } from "../state/cards.ts";
import { setLocation, unlink } from "../state/commands.ts";
import { now, selected, stations, zones } from "../state/store.ts";
import { aim, backToOverview, chosenUnits, dialog, picking, undo } from "../state/view.ts";
import { Assignments } from "./assignments.tsx";
import { Facts, Milestones } from "./facts.tsx";
import { Notices } from "./notices.tsx";
import { At, Key, Section, Timer } from "./parts.tsx";
import { Proposal } from "./proposal.tsx";

export function IncidentPanel() {
  const incident = selected.value;
  if (incident === null) return <p class="empty">{t("page.gone")}</p>;
  return (
    <div class="incident" data-test="panel">
      <div class="scroll">
        <Head incident={incident} />
        <Facts incident={incident} />
        <Assignments incident={incident} />
        <Proposal incident={incident} />
        <Milestones incident={incident} />
        <Alarms incident={incident} />
        <Notices incident={incident} />
      </div>
      {incident.status === "open" && <Bar />}
    </div>
  );
}

function Head({ incident }: { readonly incident: Incident }) {
  const zone = incident.zone === null ? undefined : zones.value.get(incident.zone);
  const station = incident.station === null ? undefined : stations.value.get(incident.station);
  return (
    <div class="head">
      <div class="first">
        <h2>{nameOf("kinds", incident.kind)}</h2>
        <button type="button" class="level" onClick={() => (dialog.value = { type: "level" })} title={t("page.level.change")}>
          {levelText(incident)} ▾
        </button>
        <Timer from={incident.opened_at} className="big" />
        <button type="button" class="plain close" onClick={backToOverview} aria-label={t("page.back")}>✕</button>
      </div>
      <p class="place">{incident.place}</p>
      {!incident.place_verified && (
        <p class="doubt" data-test="doubt">
          ⚠ {t("page.unverified")} · {t("page.within", { metres: Math.round(incident.uncertainty_metres) })}
        </p>
      )}
      <p class="quiet">
        {incident.number}
        {zone !== undefined && ` · ${called(zone)}`}
        {station !== undefined && ` · ${t("page.responsible")} ${called(station)}`}
      </p>
      <div class="where">
        <span class="quiet">{`${incident.lon.toFixed(5)}, ${incident.lat.toFixed(5)} WGS-84`}</span>
        {incident.status === "open" && <Relocate incident={incident} />}
      </div>
    </div>
  );
}

function Relocate({ incident }: { readonly incident: Incident }) {
  const asking = aim.value;
  const start = () => {
    aim.value = null;
    picking.value = () => undefined;
  };
  const stop = () => {
    picking.value = null;
    aim.value = null;
  };
  if (picking.value === null) {
    return (
      <button type="button" class="plain small" onClick={start} data-test="relocate">
        ◎ {t("page.relocate")}
      </button>
    );
  }
  const send = async () => {
    if (asking === null) return;
    if (await reported(setLocation(incident.id, { ...asking, crs: "wgs84" }, me()))) stop();
  };
  return (
    <p class="asking">
      {asking === null ? t("page.relocate.click") : `${asking.lon.toFixed(5)}, ${asking.lat.toFixed(5)}`}
      {asking !== null && (
        <button type="button" class="strong small" onClick={() => void send()}>{t("page.relocate.confirm")}</button>
      )}
      <button type="button" class="plain small" onClick={stop}>{t("page.cancel")}</button>
    </p>
  );
}

interface AlarmRow {
  readonly id: string;
  readonly source: string;
  readonly caller?: string | null;
  readonly description?: string | null;
  readonly place_text?: string | null;
  readonly reported_at?: string;
  readonly received_at?: string;
  readonly linked?: boolean;
  readonly verified?: boolean;
}

/** The callers' own words: read when wanted, they are no part of the board. */
function Alarms({ incident }: { readonly incident: Incident }) {
  const alarms = useSignal<readonly AlarmRow[]>([]);
  const { id } = incident;
  const key = useSignal("");
  const wanted = `${id} ${incident.alarms}`;
  if (key.value !== wanted) key.value = wanted;
  useSignalEffect(() => {
    const [asked] = key.value.split(" ");
    if (asked === undefined || asked === "") return;
    void get<{ alarms?: readonly AlarmRow[] }>(`/incidents/${encodeURIComponent(asked)}`)
      .then((answer) => {
        alarms.value = answer.alarms ?? [];
      })
      .catch(() => undefined);
  });
  return (
    <Section title={t("page.alarms")} aside={<small>{incident.alarms}</small>}>
      <ul class="alarms">
        {alarms.value.map((alarm) => (
          <li key={alarm.id}>
            <At time={alarm.reported_at ?? alarm.received_at ?? incident.opened_at} />
            <span>
              <b>{nameOf("sources", alarm.source)}</b>
              {alarm.caller ? ` ${alarm.caller}` : ""}
              {alarm.verified === false && <i class="doubt"> {t("page.unverified.alarm")}</i>}
              {alarm.linked === true && <i class="quiet"> {t("page.linked")}</i>}
              {alarm.linked === true && incident.status === "open" && (
                <button type="button" class="plain small" onClick={() => void reported(unlink(id, alarm.id))}>{t("page.unlink")}</button>
              )}
              {(alarm.description ?? alarm.place_text) ? <q>{alarm.description ?? alarm.place_text}</q> : null}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

function Bar() {
  const count = chosenUnits.value.size;
  const last = undo.value;
  const leftMs = last === null ? 0 : last.untilMs - now.value;
  return (
    <div class="bar">
      {last !== null && leftMs > 0 && (
        <button type="button" class="undo" onClick={() => void undoDispatch()} data-test="undo">
          ↶ {t("page.undo", { count: last.units })} <Key>Ctrl+Z</Key> <b class="timer">{Math.ceil(leftMs / 1000)}</b>
        </button>
      )}
      <button
        type="button"
        class="dispatch"
        disabled={count === 0}
        onClick={() => void dispatchChosen()}
        data-test="dispatch"
      >
        {count === 0 ? t("page.dispatch.none") : t("page.dispatch", { count })} <Key>F9</Key>
      </button>
      <div class="more">
        <button type="button" onClick={() => (dialog.value = { type: "reinforce" })}>＋ {t("page.reinforce")}</button>
        <button type="button" onClick={() => (dialog.value = { type: "level" })}>▲ {t("page.level.change")}</button>
        <button type="button" onClick={() => (dialog.value = { type: "close" })}>✓ {t("page.close")}</button>
      </div>
    </div>
  );
}
