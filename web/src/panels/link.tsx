// The same fire twice: this incident goes into another one, chosen by distance and age.

import { useSignal } from "@preact/signals";
import { duration } from "../clock.ts";
import { nameOf, t } from "../i18n.ts";
import { link } from "../state/commands.ts";
import { distanceText, neighbours, type Neighbour } from "../state/near.ts";
import { cards, now, selected } from "../state/store.ts";
import { open, toast } from "../state/view.ts";
import { Choices } from "./choices.tsx";
import { Frame } from "./frame.tsx";

const SHOWN = 9;

export function Link() {
  const incident = selected.value;
  const others = incident === null ? [] : neighbours(incident, cards.value.incidents.values(), Infinity, incident.id).slice(0, SHOWN);
  const into = useSignal(others[0]?.incident.id ?? "");
  if (incident === null) return null;
  if (others.length === 0) {
    return (
      <Frame title={t("page.link.title", { number: incident.number })}>
        <p class="empty">{t("page.link.none")}</p>
      </Frame>
    );
  }
  const send = async () => {
    await link(incident.id, into.value);
    const target = others.find((one) => one.incident.id === into.value);
    open(into.value);
    toast({ code: "page.link.done", params: { number: incident.number, into: target?.incident.number ?? "" } });
  };
  return (
    <Frame title={t("page.link.title", { number: incident.number })} send={t("page.link.send")} onSend={send}>
      <p class="quiet">{t("page.link.rule")}</p>
      <div class="tall">
        <Choices
          label={t("page.link")}
          all={others.map((one) => one.incident.id)}
          name={(id) => neighbourText(others.find((one) => one.incident.id === id))}
          value={into.value}
          onChange={(id) => (into.value = id)}
          digits
        />
      </div>
    </Frame>
  );
}

/** `006 建筑火灾 巴公镇 渠头村 · 0.8 km · 03:12` */
export function neighbourText(one: Neighbour | undefined): string {
  if (one === undefined) return "";
  const { incident, metres } = one;
  const age = duration(now.peek() - Date.parse(incident.opened_at));
  return `${shortNumber(incident.number)} ${nameOf("kinds", incident.kind)} ${incident.place} · ${distanceText(metres)} · ${age}`;
}

export function shortNumber(number: string): string {
  return number.split("-").at(-1) ?? number;
}
