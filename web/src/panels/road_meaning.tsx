// What a report of roads would touch, before it is filed: how many pieces, how long, and which roads.

import { t } from "../i18n.ts";
import { meant } from "../state/road_report.ts";

const NAMED = 8;

export function Meaning({ refused }: { readonly refused: string | null }) {
  const what = meant.value;
  if (refused !== null) {
    return (
      <p class="doubt" role="alert" data-test="road-refused">
        ▲ {refused}
      </p>
    );
  }
  if (what === null) return null;
  const named = what.roads.filter((road) => road.name !== "");
  const unnamed = what.roads.find((road) => road.name === "");
  const shown = named.slice(0, NAMED).map((road) => `${road.name} ${length(road.kilometres)}`);
  if (named.length > NAMED) shown.push(t("page.road.more_roads", { count: named.length - NAMED }));
  if (unnamed !== undefined) shown.push(t("page.road.unnamed", { pieces: unnamed.pieces, kilometres: length(unnamed.kilometres) }));
  return (
    <div class="meaning" data-test="road-meaning">
      <b>{t("page.road.touches", { pieces: what.pieces, kilometres: length(what.kilometres) })}</b>
      {what.stretches.length > 1 && (
        <ul>
          {what.stretches.map((one, place) => (
            <li key={place}>
              {one.factor === 0 ? `✕ ${t("page.roads.closed")}` : `△ ${t("page.roads.slowed", { percent: Math.round(one.factor * 100) })}`}：
              {t("page.road.touches", { pieces: one.pieces, kilometres: length(one.kilometres) })}
            </li>
          ))}
        </ul>
      )}
      <small>{shown.join("、")}</small>
    </div>
  );
}

function length(kilometres: number): string {
  return kilometres < 10 ? kilometres.toFixed(2) : kilometres.toFixed(0);
}
