// Roads that are closed or slow: listed, shown on the map, lifted; and the form in which another one is reported.

import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { reported, stepBack } from "../actions.ts";
import { has, nameOf, t } from "../i18n.ts";
import { newId } from "../net/api.ts";
import type { Condition } from "../state/cards.ts";
import { liftRoad, reportRoad } from "../state/commands.ts";
import { drawnConditions, liveConditions } from "../state/hindrances.ts";
import { cards, county, now, unitsByCode } from "../state/store.ts";
import { aim, lookAt, panel, picking, toast } from "../state/view.ts";
import { firstPoint } from "../map/geometry.ts";
import { Choices, Sure } from "./choices.tsx";
import { At, Key, Section } from "./parts.tsx";

const FACTORS = ["0", "0.3", "0.5", "0.7"];
const REASONS = ["closed", "bridge", "flood", "landslide", "snow", "works", "accident", "crowd", "other"];
/** Hours until the condition runs out by itself; 0: until somebody lifts it. */
const HOURS = ["0", "1", "3", "12", "24"];

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
      <ul class="roads" data-test="roads">
        {live.map((one) => (
          <Row key={one.id} condition={one} />
        ))}
      </ul>
      {live.length === 0 && <p class="quiet">{t("page.roads.none")}</p>}
    </Section>
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
  const where = (shown?.roads ?? []).filter((road) => !why.includes(road)).join("、");
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
            {t("page.roads.until")} <At time={condition.ends_at} />
          </small>
        )}
      </button>
      <Sure className="small" label={t("page.roads.open")} onSure={() => void reported(liftRoad(condition.id))} test="lift" />
    </li>
  );
}

export function RoadForm() {
  const factor = useSignal("0");
  const reason = useSignal("closed");
  const words = useSignal("");
  const hours = useSignal("0");
  const classes = useSignal<ReadonlySet<string>>(new Set());
  const commandId = useSignal(newId());
  const sending = useSignal(false);
  useEffect(() => {
    aim.value = null;
    picking.value = () => undefined;
    return () => {
      picking.value = null;
      aim.value = null;
    };
  }, []);
  const at = aim.value;
  const known = classesInUse();
  const toggle = (code: string) => {
    const next = new Set(classes.value);
    if (!next.delete(code)) next.add(code);
    classes.value = next;
  };
  const send = async (event: Event) => {
    event.preventDefault();
    if (at === null || sending.value) return;
    sending.value = true;
    const endsMs = Number(hours.value) === 0 ? null : now.peek() + Number(hours.value) * 3_600_000;
    const done = await reported(
      reportRoad(
        {
          at,
          crs: "wgs84",
          factor: Number(factor.value),
          vehicle_classes: [...classes.value],
          reason: words.value.trim() || reason.value,
          ends_at: endsMs === null ? null : new Date(endsMs).toISOString(),
        },
        commandId.value,
      ),
    );
    sending.value = false;
    if (!done) return;
    toast({ code: "page.road.reported" });
    stepBack();
  };
  return (
    <form class="alarm" onSubmit={(event) => void send(event)} data-test="road-form">
      <h2>
        {t("page.road.report")} <Key>R</Key>
      </h2>
      <div class="scroll">
        <p class={at === null ? "doubt" : "done"} data-test="road-at">
          {at === null ? `◎ ${t("page.road.click")}` : `✓ ${at.lon.toFixed(5)}, ${at.lat.toFixed(5)} WGS-84`}
        </p>
        <fieldset>
          <legend>{t("page.road.how")}</legend>
          <Choices label={t("page.road.how")} all={FACTORS} name={factorText} value={factor.value} onChange={(one) => (factor.value = one)} />
        </fieldset>
        <fieldset>
          <legend>{t("page.cause")}</legend>
          <Choices label={t("page.cause")} all={REASONS} name={reasonText} value={reason.value} onChange={(one) => (reason.value = one)} />
          <label>
            <span>{t("page.road.words")}</span>
            <input name="road-words" value={words.value} maxLength={200} onInput={(event) => (words.value = event.currentTarget.value)} />
          </label>
        </fieldset>
        <fieldset>
          <legend>{t("page.road.classes")}</legend>
          <div class="choices">
            {known.map((code) => (
              <button key={code} type="button" aria-pressed={classes.value.has(code)} class={classes.value.has(code) ? "on" : ""} onClick={() => toggle(code)} data-class={code}>
                {nameOf("vehicle_classes", code)}
              </button>
            ))}
          </div>
          <p class="quiet">{classes.value.size === 0 ? t("page.road.all_classes") : t("page.road.some_classes", { count: classes.value.size })}</p>
        </fieldset>
        <fieldset>
          <legend>{t("page.road.until")}</legend>
          <Choices label={t("page.roads.until")} all={HOURS} name={hoursText} value={hours.value} onChange={(one) => (hours.value = one)} />
        </fieldset>
      </div>
      <div class="bar">
        <button type="submit" class="dispatch" disabled={at === null || sending.value} data-test="send-road">
          {factor.value === "0" ? t("page.road.close") : t("page.road.slow")}
        </button>
        <div class="more two">
          <button type="button" onClick={stepBack}>
            {t("page.cancel")} <Key>Esc</Key>
          </button>
        </div>
      </div>
    </form>
  );
}

function factorText(factor: string): string {
  return factor === "0" ? t("page.roads.closed") : t("page.roads.slowed", { percent: Math.round(Number(factor) * 100) });
}

function hoursText(hours: string): string {
  return hours === "0" ? t("page.road.until_lifted") : t("page.road.hours", { hours: Number(hours) });
}

/** Classes that some unit of the county drives; those on foot need no road. */
function classesInUse(): readonly string[] {
  const used = new Set([...unitsByCode.value.values()].map((unit) => unit.vehicle_class));
  const named = Object.keys(county.value.names["vehicle_classes"] ?? {});
  return (named.length > 0 ? named : [...used]).filter((code) => used.has(code) && code !== "foot_crew");
}
