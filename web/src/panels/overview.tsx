// What stands at the right while no incident is open: cover by zone, roads, what was closed, and the running log.

import { called, t } from "../i18n.ts";
import { standings, unitsByCode, zones } from "../state/store.ts";
import { isFree } from "../state/standing.ts";
import { Log } from "./log.tsx";
import { Section } from "./parts.tsx";
import { Roads } from "./roads.tsx";
import { Shift } from "./shift.tsx";

export function Overview() {
  return (
    <div class="overview">
      <Cover />
      <Roads />
      <Shift />
      <Log />
    </div>
  );
}

function Cover() {
  const units = [...unitsByCode.value.values()].filter((unit) => !unit.is_foreign && (unit.brings["engine"] ?? 0) > 0);
  return (
    <Section title={t("page.cover")}>
      <ul class="cover">
        {[...zones.value.values()].map((zone) => {
          const own = units.filter((unit) => unit.zone === zone.code);
          const free = own.filter((unit) => isFree(standings.value.get(unit.code) ?? "off_duty")).length;
          return (
            <li key={zone.code} class={free === 0 ? "short" : ""}>
              <span>{called(zone)}</span>
              <b>{free === 0 ? `✕ ${t("page.cover.none")}` : t("page.cover.engines", { free, all: own.length })}</b>
            </li>
          );
        })}
      </ul>
    </Section>
  );
}
