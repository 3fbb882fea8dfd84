// Roads that are closed or slow: listed with the time they have left, shown on the map, lifted.

import { useComputed } from "@preact/signals";
import { reported } from "../actions.ts";
import { called, has, nameOf, t } from "../i18n.ts";
import type { Condition } from "../state/cards.ts";
import { liftRoad } from "../state/commands.ts";
import { drawnConditions, liveConditions, speedProfile } from "../state/hindrances.ts";
import { cards, now } from "../state/store.ts";
import { lookAt, panel } from "../state/view.ts";
import { firstPoint } from "../map/geometry.ts";
import { Sure } from "./choices.tsx";
import { At, Countdown, Key, Section } from "./parts.tsx";

export function Roads() {
  const live = liveConditions(cards.value.conditions.values());
  const report = () => {
    panel.value = "road";
  };
  return (
    <Section
      title={t("page.roads")}
      aside={
        <button type="button" class="small" onClick={report} data-test="report-road">
          ＋ {t("page.road.report")} <Key>R</Key>
        </button>
      }
    >
      <Speeds />
      <ul class="roads" data-test="roads">
        {live.map((one) => (
          <Row key={one.id} condition={one} />
        ))}
      </ul>
      {live.length === 0 && <p class="quiet">{t("page.roads.none")}</p>}
    </Section>
  );
}

/** Whose speeds hold, while it is not the usual ones. */
export function Speeds() {
  const profile = speedProfile.value;
  if (profile === null) return null;
  return (
    <p class="speeds" data-test="speeds">
      ◷ {t("page.roads.speeds")} <b>{called(profile)}</b>
      {profile.until !== null && (
        <small>
          {" "}
          {t("page.roads.until")} <At time={profile.until} />
        </small>
      )}
    </p>
  );
}

export function reasonText(reason: string): string {
  return has(`forces.road_reason.${reason}`) ? nameOf("forces.road_reason", reason) : reason;
}

export function howText(condition: Condition): string {
  return condition.factor === 0 ? t("page.roads.closed") : t("page.roads.slowed", { percent: Math.round(condition.factor * 100) });
}

function Row({ condition }: { readonly condition: Condition }) {
  const shown = drawnConditions.value.get(condition.id);
  const why = reasonText(condition.reason);
  const roads = (shown?.roads ?? []).filter((road) => !why.includes(road));
  const where = whereOf(condition, roads);
  const ahead = useComputed(() => Date.parse(condition.starts_at) > now.value);
  const together = condition.filed_with != null && [...cards.value.conditions.values()].filter((one) => one.removed_at === null && one.filed_with === condition.filed_with).length > 1;
  const show = () => {
    const point = firstPoint(shown?.lines ?? condition.area);
    if (point !== null) lookAt.value = point;
  };
  return (
    <li data-test="condition">
      <button type="button" class="plain" onClick={show} title={t("page.roads.show")}>
        <b class="short">{condition.factor === 0 ? "✕" : "△"} {howText(condition)}</b>{" "}
        {[where, why].filter((part) => part !== "").join(" · ")}
        {condition.vehicle_classes.length > 0 && (
          <small> {condition.vehicle_classes.map((code) => nameOf("vehicle_classes", code)).join("、")}</small>
        )}
        {condition.ends_at !== null && (
          <small>
            {" "}
            {t("page.roads.until")} <At time={condition.ends_at} /> <Countdown to={condition.ends_at} />
          </small>
        )}
        {ahead.value && (
          <small data-test="ahead">
            {" "}
            {t("page.roads.from")} <At time={condition.starts_at} /> <Countdown to={condition.starts_at} />
          </small>
        )}
        {shown?.pieces !== undefined && shown.pieces > 1 && (
          <small> {t("page.road.touches", { pieces: shown.pieces, kilometres: (shown.kilometres ?? 0).toFixed(1) })}</small>
        )}
      </button>
      <Sure
        className="small"
        label={t(together ? "page.roads.open_all" : "page.roads.open")}
        onSure={() => void reported(liftRoad(condition.id, together))}
        test="lift"
      />
    </li>
  );
}

const NAMED = 3;

/** The roads by name, a few of them; else what kind they are, or where they lie. */
function whereOf(condition: Condition, roads: readonly string[]): string {
  if (condition.everywhere === true) return t("page.roads.everywhere");
  const kinds = (condition.road_classes ?? []).map((code) => nameOf("road_class", code));
  if (kinds.length > 0) return kinds.join("、");
  if ((condition.names ?? []).length > 0) return (condition.names ?? []).join("、");
  if (roads.length > 0) return roads.slice(0, NAMED).join("、") + (roads.length > NAMED ? " …" : "");
  return condition.place ?? "";
}
