// What the last day has closed: a list to look things up in, read again whenever another incident is closed.

import { useEffect } from "preact/hooks";
import { reported } from "../actions.ts";
import { levelText, nameOf, t } from "../i18n.ts";
import { session } from "../net/session.ts";
import { cards, now } from "../state/store.ts";
import { closedOnes, readClosed, readRecord, recorded } from "../state/shift.ts";
import { lookAt, panel } from "../state/view.ts";
import { shortNumber } from "./link.tsx";
import { At, Section } from "./parts.tsx";

export async function openRecord(id: string): Promise<void> {
  await reported(
    readRecord(id).then((answer) => {
      recorded.value = answer;
      panel.value = "record";
      lookAt.value = { lon: answer.incident.lon, lat: answer.incident.lat };
    }),
  );
}

export function Shift() {
  const closedHere = [...cards.value.incidents.values()].filter((one) => one.status === "closed").length;
  const token = session.value?.token;
  useEffect(() => {
    void readClosed(now.peek()).catch(() => undefined);
  }, [closedHere, token]);
  return (
    <Section title={t("page.shift")} aside={<small>{closedOnes.value.length}</small>}>
      <ul class="shift" data-test="shift">
        {closedOnes.value.map((one) => (
          <li key={one.id}>
            <button type="button" class="plain" onClick={() => void openRecord(one.id)} data-test="closed" data-number={one.number}>
              <At time={one.closed_at ?? one.opened_at} />
              <span>
                {shortNumber(one.number)} {nameOf("kinds", one.kind)} {levelText(one)} · {one.place}
              </span>
            </button>
          </li>
        ))}
      </ul>
      {closedOnes.value.length === 0 && <p class="quiet">{t("page.shift.none")}</p>}
    </Section>
  );
}
