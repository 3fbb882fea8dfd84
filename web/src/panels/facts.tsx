// What callers said of the incident, as chips; and the milestones that its commander reports.

import { me, reported } from "../actions.ts";
import { has, nameOf, t } from "../i18n.ts";
import type { Incident } from "../state/cards.ts";
import { setMilestone } from "../state/commands.ts";
import { Sure } from "./choices.tsx";
import { At, Section } from "./parts.tsx";

const DANGEROUS = new Set(["crowded", "hazmat", "gas", "underground", "homes_threatened"]);

export function Facts({ incident }: { readonly incident: Incident }) {
  const facts = Object.entries(incident.facts).filter(([, value]) => value !== false && value !== null && value !== "" && value !== 0);
  if (facts.length === 0 && incident.trapped === 0) return null;
  return (
    <ul class="facts">
      {incident.trapped > 0 && <li class="danger">● {t("page.trapped", { count: incident.trapped })}</li>}
      {facts.map(([code, value]) => (
        <li key={code} class={DANGEROUS.has(code) ? "danger" : ""}>
          {DANGEROUS.has(code) ? "▲ " : ""}
          {factText(code, value)}
        </li>
      ))}
    </ul>
  );
}

function factText(code: string, value: unknown): string {
  const name = nameOf("facts", code);
  if (value === true) return name;
  const text = typeof value === "string" && has(`page.fact_value.${value}`) ? t(`page.fact_value.${value}`) : String(value);
  return `${name} ${text}`;
}

const FIRE = ["first_water", "under_control", "out"];
const FOREST = [...FIRE, "mop_up", "guard", "acceptance"];

export function Milestones({ incident }: { readonly incident: Incident }) {
  const wanted = incident.scale === "forest" ? FOREST : FIRE;
  const reached = incident.milestones;
  return (
    <Section title={t("page.milestones")}>
      <div class="milestones">
        {wanted.map((milestone) => {
          const at = timeOf(reached[milestone]);
          return at !== null ? (
            <span key={milestone} class="done">
              ✓ {nameOf("milestones", milestone)} <At time={at} />
            </span>
          ) : (
            incident.status === "open" && (
              <Sure
                key={milestone}
                label={nameOf("milestones", milestone)}
                onSure={() => void reported(setMilestone(incident.id, milestone, me()))}
                test={`milestone-${milestone}`}
              />
            )
          );
        })}
      </div>
    </Section>
  );
}

function timeOf(value: unknown): string | null {
  if (typeof value === "string") return value;
  const at = (value as { at?: unknown } | null | undefined)?.at;
  return typeof at === "string" ? at : null;
}
