// The incident queue: what waits first, each with its age, its place and how far its units are.

import { useEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { levelText, nameOf, t } from "../i18n.ts";
import { PRIORITY_COLOURS } from "../map/palette.ts";
import type { Assignment, Incident } from "../state/cards.ts";
import { isLive } from "../state/ladder.ts";
import { priority } from "../state/priority.ts";
import { assignmentsOf, queue, selectedId, waits } from "../state/store.ts";
import { isBlank } from "../form/draft.ts";
import { newAlarm, openWorst } from "../actions.ts";
import { draft, open, openedIds, panel, startedMs } from "../state/view.ts";
import { Key, Timer } from "./parts.tsx";

interface Unseen {
  readonly above: number;
  readonly below: number;
}

/** How many rows that want an eye are scrolled out of sight. */
function unseenIn(list: HTMLElement): Unseen {
  const top = list.scrollTop;
  const bottom = top + list.clientHeight;
  let [above, below] = [0, 0];
  for (const row of list.querySelectorAll<HTMLElement>("[data-eye]")) {
    const middle = row.offsetTop - list.offsetTop + row.offsetHeight / 2;
    if (middle < top) above += 1;
    else if (middle > bottom) below += 1;
  }
  return { above, below };
}

export function Queue() {
  const list = useRef<HTMLOListElement>(null);
  const unseen = useSignal<Unseen>({ above: 0, below: 0 });
  const look = () => {
    if (list.current === null) return;
    const found = unseenIn(list.current);
    if (found.above !== unseen.peek().above || found.below !== unseen.peek().below) unseen.value = found;
  };
  // After every change of the queue, and when the window gives it another height.
  const state = `${queue.value.map((one) => `${one.id}${waits(one)}`).join()}${openedIds.value.size}`;
  useEffect(look, [state]);
  useEffect(() => {
    const watch = new ResizeObserver(look);
    if (list.current !== null) watch.observe(list.current);
    return () => watch.disconnect();
  }, []);
  return (
    <div class="queue" role="listbox" aria-label={t("page.queue")}>
      <h2>
        {t("page.queue")} <b>{queue.value.length}</b> <Key>J</Key> <Key>K</Key>
      </h2>
      {draft.value !== null && panel.value !== "form" && !isBlank(draft.value) && (
        <button type="button" class="unfinished" onClick={newAlarm}>
          ✎ {t("page.form.unfinished")} <Key>F2</Key>
        </button>
      )}
      {unseen.value.above > 0 && <Cue glyph="▲" count={unseen.value.above} />}
      <ol ref={list} onScroll={look}>
        {queue.value.map((incident) => (
          <Row key={incident.id} incident={incident} />
        ))}
      </ol>
      {unseen.value.below > 0 && <Cue glyph="▼" count={unseen.value.below} />}
      {queue.value.length === 0 && <p class="empty">{t("page.queue.empty")}</p>}
    </div>
  );
}

/** A new alarm is never out of sight without a word; a click or F3 goes to the worst. */
function Cue({ glyph, count }: { readonly glyph: string; readonly count: number }) {
  return (
    <button type="button" class="cue" onClick={openWorst} data-test="cue">
      {glyph} {t("page.queue.unseen", { count })} <Key>F3</Key>
    </button>
  );
}

function Row({ incident }: { readonly incident: Incident }) {
  const chosen = selectedId.value === incident.id;
  const assignments = assignmentsOf.value.get(incident.id) ?? [];
  const fresh = !openedIds.value.has(incident.id) && (waits(incident) || Date.parse(incident.opened_at) >= startedMs);
  const self = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (chosen) self.current?.scrollIntoView({ block: "nearest" });
  }, [chosen]);
  return (
    <li
      ref={self}
      {...(fresh || waits(incident) ? { "data-eye": "" } : {})}
      class={`row ${chosen ? "chosen" : ""} ${fresh ? "fresh" : ""}`}
      style={{ borderLeftColor: PRIORITY_COLOURS[priority(incident)] }}
      role="option"
      aria-selected={chosen}
      onClick={() => open(incident.id)}
      data-test="incident"
      data-number={incident.number}
    >
      <div class="first">
        <b>{nameOf("kinds", incident.kind)}</b>
        <span class="level">{levelText(incident)}</span>
        <Timer from={incident.opened_at} />
      </div>
      <div class="second">
        {fresh && <span class="new">{t("page.new")}</span>}
        {incident.trapped > 0 && <span class="trapped">{t("page.trapped", { count: incident.trapped })}</span>}
        {incident.verified === false && <span class="doubt">{t("page.unverified.alarm")}</span>}
        {!incident.place_verified && <span class="doubt">{t("page.unverified")}</span>}
        {incident.place}
      </div>
      <div class="third">
        <State incident={incident} assignments={assignments} />
        {incident.alarms > 1 && <span>{t("page.alarms.count", { count: incident.alarms })}</span>}
        {incident.shortfalls.length > 0 && <span class="short">▼ {t("page.short")}</span>}
      </div>
    </li>
  );
}

function State({ incident, assignments }: { readonly incident: Incident; readonly assignments: readonly Assignment[] }) {
  if (waits(incident)) {
    const proposed = incident.proposal?.units?.length ?? 0;
    const silent = assignments.filter((one) => one.state === "unconfirmed").length;
    return (
      <span class="waiting">
        ★ {proposed > 0 ? t("page.state.proposed", { count: proposed }) : t("page.state.waiting")}
        {silent > 0 && <b class="short"> ✕ {t("page.state.silent", { count: silent })}</b>}
      </span>
    );
  }
  const live = assignments.filter(isLive);
  const unanswered = live.filter((one) => ["dispatched", "delivered"].includes(one.state)).length;
  const silent = live.filter((one) => one.state === "unconfirmed").length;
  const there = live.filter((one) => one.state === "on_scene").length;
  return (
    <span>
      {t("page.state.sent", { count: live.length })}
      {unanswered > 0 && ` · ${t("page.state.unanswered", { count: unanswered })}`}
      {there > 0 && ` · ${t("page.state.there", { count: there })}`}
      {silent > 0 && <b class="short"> · ✕ {t("page.state.silent", { count: silent })}</b>}
    </span>
  );
}
