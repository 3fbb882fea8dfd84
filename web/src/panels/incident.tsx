// The selected incident: what is known, what is proposed, who was sent, what is still to do.

import { dispatchChosen, me, reported, undoDispatch } from "../actions.ts";
import { called, levelText, nameOf, t } from "../i18n.ts";
import type { Incident } from "../state/cards.ts";
import { setLocation, verify } from "../state/commands.ts";
import { neighbours } from "../state/near.ts";
import { cards, now, selected, stations, zones } from "../state/store.ts";
import { aim, backToOverview, chosenUnits, dialog, open, picking, undo } from "../state/view.ts";
import { Alarms } from "./alarms.tsx";
import { Assignments } from "./assignments.tsx";
import { Facts, Milestones } from "./facts.tsx";
import { Notices } from "./notices.tsx";
import { neighbourText } from "./link.tsx";
import { Key, Timer } from "./parts.tsx";
import { Proposal } from "./proposal.tsx";
import { Water } from "./water.tsx";

export function IncidentPanel() {
  const incident = selected.value;
  if (incident === null) return <p class="empty">{t("page.gone")}</p>;
  return (
    <div class="incident" data-test="panel">
      <div class="scroll">
        <Head incident={incident} />
        <Facts incident={incident} />
        <Doubles incident={incident} />
        <Assignments incident={incident} />
        <Proposal incident={incident} />
        <Milestones incident={incident} />
        <Water incident={incident} />
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
      {incident.verified === false && (
        <p class="doubt" data-test="unverified">
          ⚠ {t("page.verify.why")}{" "}
          <button type="button" class="small" onClick={() => void reported(verify(incident.id, me()))} data-test="verify">
            ✓ {t("page.verify")}
          </button>
        </p>
      )}
      {incident.status === "merged" && (
        <p class="doubt">
          ⇉ {t("page.merged")}{" "}
          {typeof incident.merged_into === "string" && (
            <button type="button" class="small" onClick={() => open(incident.merged_into ?? "")}>{t("page.open")}</button>
          )}
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

const DOUBLE_METRES = 2000;

/** Two numbers for one fire cost units: whatever burns near by is named, with the way to join them. */
function Doubles({ incident }: { readonly incident: Incident }) {
  if (incident.status !== "open") return null;
  const near = neighbours(incident, cards.value.incidents.values(), DOUBLE_METRES, incident.id)[0];
  if (near === undefined) return null;
  return (
    <p class="double" data-test="double">
      <span>⚠ {t("page.double")} </span>
      <button type="button" class="plain small" onClick={() => open(near.incident.id)}>{neighbourText(near)}</button>
      <button type="button" class="small" onClick={() => (dialog.value = { type: "link" })}>⇉ {t("page.link")}</button>
    </p>
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
        <button type="button" onClick={() => (dialog.value = { type: "level" })}>▲ {t("page.level.short")}</button>
        <button type="button" onClick={() => (dialog.value = { type: "link" })} data-test="link-open">⇉ {t("page.link")}</button>
        <button type="button" onClick={() => (dialog.value = { type: "close" })}>✓ {t("page.close")}</button>
      </div>
    </div>
  );
}
