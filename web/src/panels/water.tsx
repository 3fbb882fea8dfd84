// Where the next water is and how it gets to the fire: sources by road with their reasons, and the plan with its shortfall.

import { duration } from "../clock.ts";
import { nameOf, say, t } from "../i18n.ts";
import type { Incident } from "../state/cards.ts";
import { bearing, distanceText, type NearWater } from "../state/near.ts";
import { planLines, quickest, remarks, type RoadSource, type Supply } from "../state/supply.ts";
import { askAgain, nearWater, supply, wantedFlow } from "../state/water.ts";
import { lookAt } from "../state/view.ts";
import { Section } from "./parts.tsx";

export function Water({ incident }: { readonly incident: Incident }) {
  const told = supply.value;
  if (nearWater.value.length === 0 && told === null) return null;
  const refused = told === null ? [] : told.sources.filter((one) => !one.usable);
  return (
    <Section title={t("page.water")} aside={<small>{t(told === null ? "page.water.straight" : "page.water.by_road")}</small>}>
      <ol class="water" data-test="water">
        {nearWater.value.map((one, place) => (
          <Source key={one.code} incident={incident} one={one} place={place + 1} by={told?.sources.find((source) => source.code === one.code)} />
        ))}
      </ol>
      {refused.length > 0 && (
        <ul class="water refused" data-test="water-refused">
          {refused.map((one) => (
            <li key={one.code}>
              <b>✗ {titleOf(one)}</b> {remarks(one).map(say).join("；")}
            </li>
          ))}
        </ul>
      )}
      {told !== null && <Plan told={told} />}
    </Section>
  );
}

interface SourceProps {
  readonly incident: Incident;
  readonly one: NearWater;
  readonly place: number;
  readonly by: RoadSource | undefined;
}

function Source({ incident, one, place, by }: SourceProps) {
  const trip = by === undefined ? null : quickest(by);
  const said = by === undefined ? [] : remarks(by);
  return (
    <li>
      <button type="button" class="plain" onClick={() => (lookAt.value = { lon: one.lon, lat: one.lat })}>
        <b class="drop">{place}</b>
        <span class="name">{titleOf(one)}</span>
        {trip !== null && (
          <span title={nameOf("vehicle_classes", trip.vehicle)}>
            {t("page.water.round", { time: duration(trip.seconds * 1000) })}
          </span>
        )}
        <span>
          {t(`page.bearing.${bearing(incident, one)}`)} {distanceText(one.metres)}
        </span>
      </button>
      {said.length > 0 && <small class="quiet">{said.map(say).join("；")}</small>}
    </li>
  );
}

function titleOf(one: { readonly kind: string; readonly name: string }): string {
  const kind = nameOf("water_kinds", one.kind);
  return one.name.includes(kind) ? one.name : `${kind} ${one.name}`;
}

function Plan({ told }: { readonly told: Supply }) {
  const { advice } = told;
  const verdict = t(advice.enough ? "water.enough" : "water.short", { ...advice, need_lps: told.need_lps });
  return (
    <div class="plan" data-test="water-plan">
      <p class={advice.enough ? "" : "doubt"} data-test="water-verdict">
        {!advice.enough && "⚠ "}
        <b>{t(`water.plan.${advice.plan}`)}</b> {verdict}
      </p>
      <label>
        {t("page.water.need")}{" "}
        <input
          type="number"
          min={1}
          max={1000}
          value={wantedFlow.value ?? told.need_lps}
          data-test="water-need"
          onChange={(event) => {
            const flow = Number(event.currentTarget.value);
            wantedFlow.value = flow > 0 && flow <= 1000 ? flow : null;
          }}
        />{" "}
        <button type="button" class="small" onClick={askAgain} data-test="water-again">
          ↻ {t("page.water.again")}
        </button>
      </label>
      <ul>
        {planLines(told).map((line, place) => (
          <li key={place}>{say(line)}</li>
        ))}
      </ul>
      <small class="quiet">{[...advice.reasons, ...advice.notes].map(say).join("；")}</small>
    </div>
  );
}
