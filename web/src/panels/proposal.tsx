// The proposal: who is proposed and why, who was passed over and why, what is short, what the zone's preference costs.

import { useSignal } from "@preact/signals";
import { minutes } from "../clock.ts";
import { called, has, nameOf, say, t } from "../i18n.ts";
import type { Incident, PassedUnit, ProposedUnit, Shortfall } from "../state/cards.ts";
import { assignmentsOf, standings, unitsByCode, zones } from "../state/store.ts";
import { chosenUnits, toggleUnit } from "../state/view.ts";
import { At, Glyph, Key, Section } from "./parts.tsx";

export function Proposal({ incident }: { readonly incident: Incident }) {
  const proposal = incident.proposal;
  if (proposal === null) {
    return incident.status === "open" ? <p class="empty working" data-test="choosing">◌ {t("page.choosing")}</p> : null;
  }
  const sent = new Set((assignmentsOf.value.get(incident.id) ?? []).map((one) => one.unit));
  const open = (proposal.units ?? []).map((unit, place) => ({ unit, place })).filter(({ unit }) => !sent.has(unit.unit));
  const byHand = [...chosenUnits.value].filter((code) => !(proposal.units ?? []).some((one) => one.unit === code));
  return (
    <Section
      title={t("page.proposal")}
      aside={
        <small>
          {nameOf("causes", proposal.cause)} <At time={proposal.made_at} />
        </small>
      }
    >
      <Shortfalls all={incident.shortfalls.length > 0 ? incident.shortfalls : open.length > 0 ? (proposal.shortfalls ?? []) : []} />
      <ol class="proposed">
        {open.map(({ unit, place }) => (
          <Proposed key={unit.unit} unit={unit} place={place} open={incident.status === "open"} />
        ))}
        {byHand.map((code) => (
          <ByHand key={code} code={code} />
        ))}
      </ol>
      {open.length === 0 && byHand.length === 0 && <p class="quiet">{t("page.proposal.all_sent")}</p>}
      <Price seconds={proposal.zone_cost_seconds ?? 0} leaves={proposal.leaves ?? []} free={proposal.free_engines} />
      <Passed all={proposal.passed_over ?? []} sent={sent} open={incident.status === "open"} />
    </Section>
  );
}

function Shortfalls({ all }: { readonly all: readonly Shortfall[] }) {
  return (
    <>
      {all.map((one) => (
        <p key={one.code} class="shortfall" role="alert" data-test="shortfall">
          ▼ {t("page.shortfall", {
            what: isSlot(one) ? nameOf("slots", one.code) : nameOf("capabilities", one.code),
            missing: isSlot(one) ? "" : Math.round(one.missing * 10) / 10,
          })}{" "}
          <span>{nameOf("shortfall_causes", one.cause)}</span>
        </p>
      ))}
    </>
  );
}

/** A card's own shortfalls do not say whether they name a slot of the plan or a capability: their code does. */
function isSlot(one: Shortfall): boolean {
  return one.slot === true || has(`slot.${one.code}`);
}

function Proposed({ unit, place, open }: { readonly unit: ProposedUnit; readonly place: number; readonly open: boolean }) {
  const card = unitsByCode.value.get(unit.unit);
  const chosen = chosenUnits.value.has(unit.unit);
  return (
    <li class={chosen ? "ticked" : ""} data-test="proposed" data-unit={unit.unit}>
      <button type="button" disabled={!open} onClick={() => toggleUnit(unit.unit)} aria-pressed={chosen}>
        <span class="tick">{chosen ? "✓" : ""}</span>
        <Glyph standing={standings.value.get(unit.unit) ?? "free"} />
        <span class="name">
          {card === undefined ? unit.unit : called(card)}
          {unit.verb === "request" && <i class="verb"> {t("page.verb.request")}</i>}
        </span>
        <b class="eta">{minutes(unit.eta_seconds)}<small> {t("page.min")}</small></b>
        <Key>{place < 9 ? place + 1 : "·"}</Key>
        <span class="why">
          {nameOf("tasks", unit.task)} · {say(unit.reason)}
        </span>
        <span class="how">
          {t("page.eta.parts", { turnout: minutes(unit.turnout_seconds), travel: minutes(unit.travel_seconds) })}
          {` · ${(unit.distance_metres / 1000).toFixed(1)} km`}
          {unit.on_foot_metres > 1 && <b class="short"> · {t("page.on_foot", { metres: Math.round(unit.on_foot_metres) })}</b>}
        </span>
        {(unit.notes ?? []).map((note) => (
          <span key={note.code} class={note.code === "note.no_water" ? "how short" : "how"} data-test="note">
            {say(note)}
          </span>
        ))}
      </button>
    </li>
  );
}

function ByHand({ code }: { readonly code: string }) {
  const card = unitsByCode.value.get(code);
  return (
    <li class="ticked">
      <button type="button" onClick={() => toggleUnit(code)} aria-pressed>
        <span class="tick">✓</span>
        <Glyph standing={standings.value.get(code) ?? "free"} />
        <span class="name">{card === undefined ? code : called(card)}</span>
        <b class="eta">—</b>
        <span />
        <span class="why">{t("page.by_hand")}</span>
      </button>
    </li>
  );
}

function Price({ seconds, leaves, free }: { readonly seconds: number; readonly leaves: readonly string[]; readonly free: number | undefined }) {
  const named = leaves.map((code) => {
    const zone = zones.value.get(code);
    return zone === undefined ? code : called(zone);
  });
  return (
    <p class="price">
      {seconds > 0 && <span>△ {t("page.zone_cost", { seconds: Math.round(seconds) })}</span>}
      {named.length > 0 && <span class="short">▼ {t("page.leaves", { zones: named.join("、") })}</span>}
      {free !== undefined && <span class="quiet">{t("page.free_engines", { count: free })}</span>}
    </p>
  );
}

function Passed({ all, sent, open }: { readonly all: readonly PassedUnit[]; readonly sent: ReadonlySet<string>; readonly open: boolean }) {
  const shown = useSignal(false);
  const others = all.filter((one) => !sent.has(one.unit));
  if (others.length === 0) return null;
  return (
    <div class="passed">
      <button type="button" class="plain small" aria-expanded={shown.value} onClick={() => (shown.value = !shown.value)} data-test="passed">
        {shown.value ? "▾" : "▸"} {t("page.passed", { count: others.length })}
      </button>
      {shown.value && (
        <ul>
          {others.map((one) => {
            const card = unitsByCode.value.get(one.unit);
            return (
              <li key={one.unit} class={chosenUnits.value.has(one.unit) ? "ticked" : ""}>
                <button type="button" class="plain" disabled={!open || !one.sendable} onClick={() => toggleUnit(one.unit)}>
                  <span>{card === undefined ? one.unit : called(card)}</span>
                  <span>{one.eta_seconds === null ? "—" : `${minutes(one.eta_seconds)} ${t("page.min")}`}</span>
                  <small>{one.reasons.map(say).join("、")}</small>
                </button>
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
}
