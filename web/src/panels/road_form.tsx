// The form in which closed or slow roads are reported: by a click, by name, by kind, by an outline, or snow all over.

import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { reported, stepBack } from "../actions.ts";
import { nameOf, say, t } from "../i18n.ts";
import { newId, Problem } from "../net/api.ts";
import type { Coded } from "../state/cards.ts";
import { previewRoad, reportRoad } from "../state/commands.ts";
import { roadKinds } from "../state/hindrances.ts";
import { drawing, meant, outline, stretchOf, WHERES, type Where } from "../state/road_report.ts";
import { county, now, unitsByCode } from "../state/store.ts";
import { aim, picking, toast } from "../state/view.ts";
import { Choices } from "./choices.tsx";
import { Key } from "./parts.tsx";
import { Meaning } from "./road_meaning.tsx";
import { reasonText } from "./roads.tsx";

const FACTORS = ["0", "0.3", "0.5", "0.7"];
const REASONS = ["closed", "bridge", "flood", "landslide", "snow", "works", "accident", "crowd", "other"];
/** Hours until the condition runs out by itself; 0: until somebody lifts it. */
const HOURS = ["0", "1", "3", "12", "24"];
const CLOSED_BY_SNOW = ["track", "path"];
const TYPING_MS = 300;

export function RoadForm() {
  const where = useSignal<Where>("point");
  const names = useSignal("");
  const kinds = useSignal<ReadonlySet<string>>(new Set());
  const factor = useSignal("0");
  const reason = useSignal("closed");
  const words = useSignal("");
  const starts = useSignal("");
  const hours = useSignal("0");
  const classes = useSignal<ReadonlySet<string>>(new Set());
  const commandId = useSignal(newId());
  const sending = useSignal(false);
  const refused = useSignal<Coded | null>(null);
  useEffect(() => leaveMap, []);
  useEffect(() => {
    aim.value = null;
    picking.value = where.value === "point" ? () => undefined : null;
    drawing.value = where.value === "area" && outline.peek() === null;
  }, [where.value]);

  const stretch = stretchOf({
    where: where.value,
    at: aim.value,
    names: names.value,
    kinds: kinds.value,
    outline: outline.value,
    factor: Number(factor.value),
    vehicleClasses: [...classes.value],
  });
  const said = JSON.stringify(stretch);
  useEffect(() => {
    meant.value = null;
    refused.value = null;
    if (stretch === null) return undefined;
    let current = true;
    const timer = setTimeout(() => {
      previewRoad(stretch)
        .then((answer) => {
          if (current) meant.value = answer;
        })
        .catch((error: unknown) => {
          if (current) refused.value = error instanceof Problem ? error.coded : { code: "page.problem.unexpected", params: { what: String(error) } };
        });
    }, TYPING_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [said]);

  const choose = (one: Where) => {
    where.value = one;
    if (one !== "snow") return;
    reason.value = "snow";
    factor.value = "0.5";
    kinds.value = new Set(CLOSED_BY_SNOW.filter((kind) => roadKinds.value.includes(kind)));
  };
  const send = async (event: Event) => {
    event.preventDefault();
    if (stretch === null || sending.value) return;
    sending.value = true;
    const startMs = starts.value === "" ? null : Date.parse(starts.value);
    const endsMs = Number(hours.value) === 0 ? null : (startMs ?? now.peek()) + Number(hours.value) * 3_600_000;
    const done = await reported(
      reportRoad(
        {
          ...stretch,
          reason: words.value.trim() || reason.value,
          starts_at: startMs === null ? null : new Date(startMs).toISOString(),
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
  const byKind = where.value === "kind" || where.value === "snow";
  return (
    <form class="alarm" onSubmit={(event) => void send(event)} data-test="road-form">
      <h2>
        {t("page.road.report")} <Key>R</Key>
      </h2>
      <div class="scroll">
        <fieldset>
          <legend>{t("page.road.where")}</legend>
          <Choices label={t("page.road.where")} all={WHERES} name={(one) => t(`page.road.by_${one}`)} value={where.value} onChange={(one) => choose(one as Where)} />
          {where.value === "point" && (
            <p class={aim.value === null ? "doubt" : "done"} data-test="road-at">
              {aim.value === null ? `◎ ${t("page.road.click")}` : `✓ ${aim.value.lon.toFixed(5)}, ${aim.value.lat.toFixed(5)} WGS-84`}
            </p>
          )}
          {where.value === "name" && (
            <label>
              <span>{t("page.road.names")}</span>
              <input name="road-names" value={names.value} maxLength={400} autoFocus onInput={(event) => (names.value = event.currentTarget.value)} />
            </label>
          )}
          {byKind && (
            <>
              {where.value === "snow" && <p class="quiet">{t("page.road.snow_closes")}</p>}
              <Several all={roadKinds.value} name={(code) => nameOf("road_class", code)} chosen={kinds.value} onChange={(next) => (kinds.value = next)} kind="road" />
            </>
          )}
          {where.value !== "point" && <Outline needed={where.value === "area"} />}
        </fieldset>
        <Meaning refused={refused.value === null ? null : say(refused.value)} />
        <fieldset>
          <legend>{where.value === "snow" ? t("page.road.snow_others") : t("page.road.how")}</legend>
          <Choices label={t("page.road.how")} all={where.value === "snow" ? FACTORS.slice(1) : FACTORS} name={factorText} value={factor.value} onChange={(one) => (factor.value = one)} />
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
          <Several all={classesInUse()} name={(code) => nameOf("vehicle_classes", code)} chosen={classes.value} onChange={(next) => (classes.value = next)} kind="class" />
          <p class="quiet">{classes.value.size === 0 ? t("page.road.all_classes") : t("page.road.some_classes", { count: classes.value.size })}</p>
        </fieldset>
        <fieldset>
          <legend>{t("page.road.until")}</legend>
          <Choices label={t("page.roads.until")} all={HOURS} name={hoursText} value={hours.value} onChange={(one) => (hours.value = one)} />
          <label>
            <span>{t("page.road.starts")}</span>
            <input type="datetime-local" name="road-starts" value={starts.value} onInput={(event) => (starts.value = event.currentTarget.value)} />
          </label>
        </fieldset>
      </div>
      <div class="bar">
        <button type="submit" class="dispatch" disabled={stretch === null || refused.value !== null || sending.value} data-test="send-road">
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

function leaveMap(): void {
  picking.value = null;
  aim.value = null;
  drawing.value = false;
  outline.value = null;
  meant.value = null;
}

function Outline({ needed }: { readonly needed: boolean }) {
  const drawn = outline.value;
  const again = () => {
    outline.value = null;
    drawing.value = true;
  };
  return (
    <p class={drawn !== null ? "done" : needed ? "doubt" : "quiet"} data-test="outline">
      {drawn !== null ? `✓ ${t("page.road.outline", { points: drawn.length })}` : drawing.value ? t("page.road.drawing") : t(needed ? "page.road.draw_first" : "page.road.whole_county")}{" "}
      <button type="button" class="small" onClick={again} data-test="draw">
        ◇ {t(drawn === null ? "page.road.draw" : "page.road.draw_again")}
      </button>
      {drawn !== null && !needed && (
        <button type="button" class="small" onClick={() => (outline.value = null)}>
          {t("page.road.no_outline")}
        </button>
      )}
    </p>
  );
}

interface SeveralProps {
  readonly all: readonly string[];
  readonly name: (code: string) => string;
  readonly chosen: ReadonlySet<string>;
  readonly onChange: (next: ReadonlySet<string>) => void;
  readonly kind: "class" | "road";
}

function Several({ all, name, chosen, onChange, kind }: SeveralProps) {
  const toggle = (code: string) => {
    const next = new Set(chosen);
    if (!next.delete(code)) next.add(code);
    onChange(next);
  };
  return (
    <div class="choices">
      {all.map((code) => (
        <button key={code} type="button" aria-pressed={chosen.has(code)} class={chosen.has(code) ? "on" : ""} onClick={() => toggle(code)} {...{ [`data-${kind}`]: code }}>
          {name(code)}
        </button>
      ))}
    </div>
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
