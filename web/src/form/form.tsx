// The sixty-second form: place, what burns, who is trapped, the number, then what a commander wants to know.

import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { duration } from "../clock.ts";
import { newId, Problem } from "../net/api.ts";
import { nameOf, t } from "../i18n.ts";
import { raiseAlarm } from "../state/commands.ts";
import { neighbours } from "../state/near.ts";
import { cards, county, now } from "../state/store.ts";
import { aim, draft, open, picking, toast } from "../state/view.ts";
import { stepBack } from "../actions.ts";
import { neighbourText } from "../panels/link.tsx";
import { Key } from "../panels/parts.tsx";
import { emptyDraft, toAlarm, type Draft } from "./draft.ts";
import { FactFields } from "./facts.tsx";
import { PlaceField } from "./place.tsx";

const KINDS = ["building", "vegetation", "vehicle", "industrial", "rescue", "hazmat", "flood", "snow", "other"];

export function AlarmForm() {
  const kept = useSignal<Draft>(draft.peek() ?? emptyDraft(new Date(now.peek()).toISOString()));
  const commandId = useSignal(newId());
  const sending = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  const takenMs = useComputed(() => Math.max(0, now.value - Date.parse(kept.value.startedAt)));
  useSignalEffect(() => {
    draft.value = kept.value;
  });
  usePlaceFromMap(kept);
  useSendKey(form);

  const send = async (event: Event) => {
    event.preventDefault();
    if (sending.value) return;
    sending.value = true;
    try {
      const raised = await raiseAlarm(toAlarm(kept.value), commandId.value);
      draft.value = null;
      toast({
        code: raised.linked ? "page.raised.linked" : "page.raised",
        params: { number: raised.incident_number },
      });
      open(raised.incident_id);
    } catch (error) {
      // The form stays as it is, and so does its id: sending it again cannot make a second alarm.
      toast(error instanceof Problem ? error.coded : { code: "page.problem.unexpected", params: { what: String(error) } }, true);
    } finally {
      sending.value = false;
    }
  };
  const discard = () => {
    stepBack();
    draft.value = null;
  };

  return (
    <form ref={form} class="alarm" onSubmit={(event) => void send(event)} onKeyDown={onKeyDown} data-test="form">
      <h2>
        {t("page.form")} <Key>F2</Key>
        <span class={`timer big ${takenMs.value > 60_000 ? "late" : ""}`}>{duration(takenMs.value)}</span>
      </h2>
      <div class="scroll">
        <PlaceField draft={kept} />
        <Doubles draft={kept} />
        <Kinds draft={kept} />
        <Trapped draft={kept} />
        <label class="beside">
          <span>{t("page.form.caller")}</span>
          <input inputMode="tel" value={kept.value.caller} maxLength={60} name="caller" onInput={(event) => (kept.value = { ...kept.value, caller: event.currentTarget.value })} />
        </label>
        <FactFields draft={kept} />
        <label>
          <span>{t("page.form.description")}</span>
          <textarea rows={2} name="description" value={kept.value.description} maxLength={2000} onInput={(event) => (kept.value = { ...kept.value, description: event.currentTarget.value })} />
        </label>
      </div>
      <div class="bar">
        <button type="submit" class="dispatch" disabled={sending.value} data-test="send">
          {t("page.form.send")} <Key>Ctrl+↵</Key>
        </button>
        <div class="more two">
          <button type="button" onClick={stepBack}>{t("page.form.later")} <Key>Esc</Key></button>
          <button type="button" onClick={discard} data-test="discard">✕ {t("page.form.discard")}</button>
        </div>
      </div>
    </form>
  );
}

/** While the form stands open, a click on the map is the place. */
function usePlaceFromMap(kept: Signal<Draft>): void {
  useEffect(() => {
    picking.value = (point) => {
      kept.value = { ...kept.peek(), point: { ...point, crs: "wgs84" } };
    };
    return () => {
      picking.value = null;
      aim.value = null;
    };
  }, []);
}

/** Ctrl+Enter sends from wherever the focus stands, also when what held it has gone. */
function useSendKey(form: RefObject<HTMLFormElement | null>): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing || event.repeat) return;
      event.preventDefault();
      form.current?.requestSubmit();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
}

/** Enter alone never sends: half an alarm is soon sent. */
function onKeyDown(event: KeyboardEvent): void {
  if (event.key === "Enter" && !event.ctrlKey && !event.metaKey && event.target instanceof HTMLInputElement) {
    event.preventDefault();
  }
}

const DOUBLE_METRES = 2000;

/** Said before it is taken: what is open near by may be the very same fire, and taking it will then only add a caller. */
function Doubles({ draft: kept }: Part) {
  const { point, picked } = kept.value;
  const at = point !== null && (point.crs === "wgs84" || point.crs === "cgcs2000") ? point : picked;
  if (at === null || !Number.isFinite(at.lon)) return null;
  const near = neighbours(at, cards.value.incidents.values(), DOUBLE_METRES)[0];
  if (near === undefined) return null;
  return (
    <p class="double" data-test="double">
      <span>⚠ {t("page.double")} </span>
      <button type="button" class="plain small" onClick={() => open(near.incident.id)}>{neighbourText(near)}</button>
    </p>
  );
}

interface Part {
  readonly draft: Signal<Draft>;
}

function Kinds({ draft }: Part) {
  const own = Object.keys(county.value.names["kinds"] ?? {});
  const kinds = own.length > 0 ? [...KINDS.filter((kind) => own.includes(kind)), ...own.filter((kind) => !KINDS.includes(kind))] : KINDS;
  return (
    <fieldset>
      <legend>{t("page.form.kind")}</legend>
      <div class="choices" role="radiogroup">
        {kinds.map((kind) => (
          <button
            key={kind}
            type="button"
            role="radio"
            aria-checked={draft.value.kind === kind}
            class={draft.value.kind === kind ? "on" : ""}
            onClick={() => (draft.value = { ...draft.value, kind })}
            data-test="kind"
            data-kind={kind}
          >
            {nameOf("kinds", kind)}
          </button>
        ))}
      </div>
    </fieldset>
  );
}

function Trapped({ draft }: Part) {
  const set = (trapped: number) => {
    draft.value = { ...draft.value, trapped: Math.max(0, Math.min(999, trapped)) };
  };
  const { trapped } = draft.value;
  return (
    <fieldset>
      <legend>{t("page.form.trapped")}</legend>
      <div class="choices">
        {[0, 1, 2, 3].map((count) => (
          <button key={count} type="button" class={trapped === count ? (count > 0 ? "on danger" : "on") : ""} onClick={() => set(count)} data-test="trapped" data-count={count}>
            {count === 0 ? t("page.form.nobody") : count}
          </button>
        ))}
        <input type="number" min={0} max={999} value={trapped} aria-label={t("page.form.trapped")} onInput={(event) => set(Number(event.currentTarget.value) || 0)} />
      </div>
    </fieldset>
  );
}
