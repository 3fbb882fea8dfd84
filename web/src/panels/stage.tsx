// The middle: the map, who is thanked for it, and the mark that nobody may overlook when the county is synthetic.

import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n.ts";
import { ConsoleMap } from "../map/map.ts";
import { county } from "../state/store.ts";
import { drawing } from "../state/road_report.ts";
import { aim, panel, picking, wholeCounty } from "../state/view.ts";
import { MapCard } from "./mapcard.tsx";

const HINTS: Readonly<Record<string, string>> = { form: "page.form.click_map", road: "page.road.click" };

export function Stage() {
  const target = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (target.current === null) return undefined;
    const map = new ConsoleMap(target.current);
    return () => map.dispose();
  }, []);
  return (
    <main class="stage">
      <div ref={target} class={`map ${picking.value === null ? "" : "picking"}`} data-test="map" tabIndex={0} aria-label={t("page.map")} />
      {picking.value !== null && <span class="middle" aria-hidden="true" />}
      <button type="button" class="whole" onClick={() => (wholeCounty.value += 1)} title={t("page.key.county")} aria-label={t("page.key.county")} data-test="whole">
        全
      </button>
      <MapCard />
      {county.value.synthetic && (
        <p class="synthetic-mark">
          {t("page.synthetic")} <small>{t("page.synthetic.why")}</small>
        </p>
      )}
      {picking.value !== null && aim.value === null && <p class="hint">◎ {t(HINTS[panel.value] ?? "page.relocate.click")}</p>}
      {drawing.value && <p class="hint">◇ {t("page.road.drawing")}</p>}
      <p class="attribution">{county.value.attribution.join(" · ")}</p>
    </main>
  );
}
