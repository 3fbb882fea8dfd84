// The incident queue: what waits first, each with its age, its place and how far its units are.

import { levelText, nameOf, t } from "../i18n.ts";
import { PRIORITY_COLOURS } from "../map/palette.ts";
import type { Assignment, Incident } from "../state/cards.ts";
import { isLive } from "../state/ladder.ts";
import { priority } from "../state/priority.ts";
import { assignmentsOf, queue, selectedId, waits } from "../state/store.ts";
import { isBlank } from "../form/draft.ts";
import { newAlarm } from "../actions.ts";
import { draft, open, openedIds, panel } from "../state/view.ts";
import { Key, Timer } from "./parts.tsx";

export function Queue() {
  return (
    <div class="queue" role="listbox" aria-label={t("page.queue")}>
      <h2>
        {t("page.queue")} <Key>J</Key> <Key>K</Key>
      </h2>
      {draft.value !== null && panel.value !== "form" && !isBlank(draft.value) && (
        <button type="button" class="unfinished" onClick={newAlarm}>
          ✎ {t("page.form.unfinished")} <Key>F2</Key>
        </button>
      )}
      <ol>
        {queue.value.map((incident) => (
          <Row key={incident.id} incident={incident} />
        ))}
      </ol>
      {queue.value.length === 0 && <p class="empty">{t("page.queue.empty")}</p>}
    </div>
  );
}

function Row({ incident }: { readonly incident: Incident }) {
  const chosen = selectedId.value === incident.id;
  const assignments = assignmentsOf.value.get(incident.id) ?? [];
  const fresh = !openedIds.value.has(incident.id);
  return (
    <li
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
        {incident.trapped > 0 && <span class="trapped">{t("page.trapped", { count: incident.trapped })}</span>}
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
    return <span class="waiting">★ {proposed > 0 ? t("page.state.proposed", { count: proposed }) : t("page.state.waiting")}</span>;
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
