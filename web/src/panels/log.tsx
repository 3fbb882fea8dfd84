// The running log: what happened since this page was opened, one line an event; a line leads to its incident.

import { called, has, nameOf, say, t } from "../i18n.ts";
import { cards, log, unitsByCode } from "../state/store.ts";
import { open } from "../state/view.ts";
import { shortNumber } from "./link.tsx";
import { At, Section } from "./parts.tsx";

const LINES = 80;

export function Log() {
  return (
    <Section title={t("page.log")}>
      <ol class="log">
        {log.value.slice(0, LINES).map((line) => {
          const id = line.data["incident"];
          const known = typeof id === "string" && cards.value.incidents.get(id)?.status === "open";
          return (
            <li key={line.seq}>
              <At time={line.at} />
              {known ? (
                <button type="button" class="plain line" onClick={() => open(id)}>{lineText(line.type, line.data)}</button>
              ) : (
                <span>{lineText(line.type, line.data)}</span>
              )}
            </li>
          );
        })}
      </ol>
      {log.value.length === 0 && <p class="empty">{t("page.log.empty")}</p>}
    </Section>
  );
}

export function lineText(type: string, data: Readonly<Record<string, unknown>>): string {
  const code = `page.event.${type}`;
  const what = has(code) ? say({ code, params: data }) : type;
  const incident = typeof data["incident"] === "string" ? cards.value.incidents.get(data["incident"]) : undefined;
  const unit = typeof data["unit"] === "string" ? unitsByCode.value.get(data["unit"]) : undefined;
  const number = data["number"] ?? data["incident_number"];
  return [
    incident === undefined
      ? typeof number === "string" && shortNumber(number)
      : `${shortNumber(incident.number)} ${nameOf("kinds", incident.kind)}`,
    what,
    unit === undefined ? data["unit"] : called(unit),
  ]
    .filter((part) => typeof part === "string")
    .join(" · ");
}
