// The callers' own words, one line an alarm; one that belongs elsewhere is parted from here.

import { useSignal, useSignalEffect } from "@preact/signals";
import { reported } from "../actions.ts";
import { nameOf, t } from "../i18n.ts";
import { get } from "../net/api.ts";
import type { Incident } from "../state/cards.ts";
import { unlink } from "../state/commands.ts";
import type { AlarmRow } from "../state/record.ts";
import { Sure } from "./choices.tsx";
import { At, Section } from "./parts.tsx";

/** Read when wanted: alarms are no part of the board. */
export function Alarms({ incident }: { readonly incident: Incident }) {
  const alarms = useSignal<readonly AlarmRow[]>([]);
  const { id } = incident;
  const key = useSignal("");
  const wanted = `${id} ${incident.alarms}`;
  if (key.value !== wanted) key.value = wanted;
  useSignalEffect(() => {
    const [asked] = key.value.split(" ");
    if (asked === undefined || asked === "") return;
    void get<{ alarms?: readonly AlarmRow[] }>(`/incidents/${encodeURIComponent(asked)}`)
      .then((answer) => {
        alarms.value = answer.alarms ?? [];
      })
      .catch(() => undefined);
  });
  return (
    <Section title={t("page.alarms")} aside={<small>{incident.alarms}</small>}>
      <ul class="alarms">
        {alarms.value.map((alarm) => (
          <li key={alarm.id}>
            <At time={alarm.reported_at ?? alarm.received_at ?? incident.opened_at} />
            <span>
              <b>{nameOf("sources", alarm.source)}</b>
              {alarm.caller ? ` ${alarm.caller}` : ""}
              {alarm.verified === false && <i class="doubt"> {t("page.unverified.alarm")}</i>}
              {alarm.linked === true && <i class="quiet"> {t("page.linked")}</i>}
              {alarm.linked === true && incident.status === "open" && (
                <Sure className="plain small" label={t("page.unlink")} onSure={() => void reported(unlink(id, alarm.id))} test="unlink" />
              )}
              {(alarm.description ?? alarm.place_text) ? <q>{alarm.description ?? alarm.place_text}</q> : null}
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}
