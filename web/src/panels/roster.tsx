// The roster in the place of the map: teams down, days across, each day in the worst colour of its vehicles.

import { useRef } from "preact/hooks";
import { called, t } from "../i18n.ts";
import { openTeam } from "../state/duty.ts";
import { stepped, aroundToday, walked, type Glance, type TeamDay } from "../state/glance.ts";
import { chosen, days, seen, show, today, unread } from "../state/roster.ts";
import { county, stations } from "../state/store.ts";
import { backToOverview } from "../state/view.ts";

/** Each colour has its own mark: nobody has to tell red from green. */
export const MARKS: Readonly<Record<string, string>> = { green: "·", yellow: "△", orange: "!", red: "✕" };

/** Teams have one name; most are a station's, which has two. */
export function teamName(team: { readonly name: string; readonly station: string | null }): string {
  const station = stations.value.get(team.station ?? "");
  return station !== undefined && station.name === team.name ? called(station) : team.name;
}

export function RosterTable() {
  const glance = seen.value;
  const window = days.value;
  if (window === null) return null;
  return (
    <div class="roster" data-test="roster">
      <div class="tools">
        <h2>{t("page.roster")}</h2>
        <button type="button" class="small" onClick={() => show(stepped(window, -1))} aria-label={t("page.roster.earlier")} data-test="earlier">◀</button>
        <button type="button" class="small" onClick={() => show(aroundToday(today.peek()))} data-test="around-today">
          {t("page.roster.today")}
        </button>
        <button type="button" class="small" onClick={() => show(stepped(window, 1))} aria-label={t("page.roster.later")} data-test="later">▶</button>
        <span class="quiet">
          {glance !== null &&
            (glance.published_until === null ? t("page.roster.nothing") : t("page.roster.published_until", { day: glance.published_until }))}
        </span>
        {unread.value && <span class="short">{t("page.roster.unread")}</span>}
        <span class="spring" />
        {county.value.synthetic && <span class="badge synthetic">{t("page.synthetic")}</span>}
        <button type="button" class="plain close" onClick={backToOverview} aria-label={t("page.back")}>✕</button>
      </div>
      {glance === null ? <p class="empty">{t("page.team.reading")}</p> : <Table glance={glance} />}
      <p class="legend">
        {(["green", "yellow", "orange", "red"] as const).map((colour) => (
          <span key={colour}>
            <i class={`cell ${colour}`}>{MARKS[colour]}</i> {t(`roster.colour.${colour}`)}
          </span>
        ))}
        <span>
          <i class="cell none" /> {t("page.roster.not_published")}
        </span>
      </p>
    </div>
  );
}

function Table({ glance }: { readonly glance: Glance }) {
  const body = useRef<HTMLTableElement>(null);
  const at = chosen.value;
  const first = { team: glance.teams[0]?.code ?? "", day: glance.today };
  const tabbed = at !== null && glance.calendar.some((one) => one.day === at.day) ? at : first;
  const choose = (team: string, day: string) => {
    chosen.value = { team, day };
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const to = walked(glance, tabbed, event.key);
    if (!event.key.startsWith("Arrow")) return;
    // Arrows go from day to day here, not along the queue.
    event.preventDefault();
    event.stopPropagation();
    if (to === null) return;
    choose(to.team, to.day);
    requestAnimationFrame(() => body.current?.querySelector<HTMLElement>("[tabindex='0']")?.focus());
  };
  return (
    <div class="scroll">
      <table ref={body} onKeyDown={onKeyDown}>
        <thead>
          <tr>
            <th scope="col">{t("page.roster.team")}</th>
            {glance.calendar.map((one) => (
              <th
                key={one.day}
                scope="col"
                class={[one.day === glance.today ? "today" : "", one.weekend || one.holiday !== null ? "rest" : ""].join(" ")}
                title={[one.day, one.holiday].filter(Boolean).join(" · ")}
              >
                {one.day.endsWith("-01") && <small>{t("page.roster.month", { month: Number(one.day.slice(5, 7)) })}</small>}
                {Number(one.day.slice(8))}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {glance.teams.map((team) => (
            <tr key={team.code} class={team.code === at?.team ? "chosen" : ""}>
              <th scope="row">
                <button type="button" class="plain" onClick={() => openTeam(team.code)} title={`${teamName(team)} · ${t("page.team.on_now")}`} data-test="roster-team" data-team={team.code}>
                  {teamName(team)}
                </button>
              </th>
              {team.days.map((day) => (
                <Cell
                  key={day.day}
                  team={team.code}
                  name={teamName(team)}
                  day={day}
                  isToday={day.day === glance.today}
                  isChosen={at?.team === team.code && at.day === day.day}
                  tabbed={tabbed.team === team.code && tabbed.day === day.day}
                  choose={choose}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface CellProps {
  readonly team: string;
  readonly name: string;
  readonly day: TeamDay;
  readonly isToday: boolean;
  readonly isChosen: boolean;
  readonly tabbed: boolean;
  readonly choose: (team: string, day: string) => void;
}

function Cell({ team, name, day, isToday, isChosen, tabbed, choose }: CellProps) {
  const words = day.colour === null ? t("page.roster.not_published") : `${t(`roster.colour.${day.colour}`)} ${day.filled}/${day.seats}`;
  return (
    <td class={isToday ? "today" : ""}>
      <button
        type="button"
        class={`cell ${day.colour ?? "none"}`}
        tabIndex={tabbed ? 0 : -1}
        aria-pressed={isChosen}
        title={`${name} ${day.day} · ${words}`}
        aria-label={`${name} ${day.day} ${words}`}
        onClick={() => choose(team, day.day)}
        data-test="cell"
        data-team={team}
        data-day={day.day}
        data-colour={day.colour ?? ""}
      >
        {day.colour === null ? "" : MARKS[day.colour]}
      </button>
    </td>
  );
}
