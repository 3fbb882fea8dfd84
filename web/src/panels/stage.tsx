// The middle: the map, who is thanked for it, and the mark that nobody may overlook when the county is synthetic.

import { useEffect, useRef } from "preact/hooks";
import { t } from "../i18n.ts";
import { ConsoleMap } from "../map/map.ts";
import { county } from "../state/store.ts";
import { panel, picking } from "../state/view.ts";

export function Stage() {
  const target = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (target.current === null) return undefined;
    const map = new ConsoleMap(target.current);
    return () => map.dispose();
  }, []);
  return (
    <main class="stage">
      <div ref={target} class="map" data-test="map" />
      {county.value.synthetic && (
        <p class="synthetic-mark">
          {t("page.synthetic")} <small>{t("page.synthetic.why")}</small>
        </p>
      )}
      {picking.value !== null && <p class="hint">◎ {panel.value === "form" ? t("page.form.click") : t("page.relocate.click")}</p>}
      <p class="attribution">{county.value.attribution.join(" · ")}</p>
    </main>
  );
}
