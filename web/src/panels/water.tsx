// Where the next water is, as the crow flies: kind, distance and direction; a click shows it.

import { nameOf, t } from "../i18n.ts";
import type { Incident } from "../state/cards.ts";
import { bearing, distanceText } from "../state/near.ts";
import { nearWater } from "../state/water.ts";
import { lookAt } from "../state/view.ts";
import { Section } from "./parts.tsx";

export function Water({ incident }: { readonly incident: Incident }) {
  if (nearWater.value.length === 0) return null;
  return (
    <Section title={t("page.water")} aside={<small>{t("page.water.straight")}</small>}>
      <ol class="water" data-test="water">
        {nearWater.value.map((one, place) => (
          <li key={one.code}>
            <button type="button" class="plain" onClick={() => (lookAt.value = { lon: one.lon, lat: one.lat })}>
              <b class="drop">{place + 1}</b>
              <span class="name">
                {one.name.includes(nameOf("water_kinds", one.kind)) ? one.name : `${nameOf("water_kinds", one.kind)} ${one.name}`}
              </span>
              <span>
                {t(`page.bearing.${bearing(incident, one)}`)} {distanceText(one.metres)}
              </span>
            </button>
          </li>
        ))}
      </ol>
    </Section>
  );
}
