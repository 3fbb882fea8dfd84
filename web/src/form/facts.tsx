// Facts that change the plan (gas, hazardous goods, a crowd) or help the crew (floors, road, water).

import type { Signal } from "@preact/signals";
import { nameOf, t } from "../i18n.ts";
import type { Draft } from "./draft.ts";

const INSIDE = ["gas", "hazmat", "crowded", "underground"];
const FOREST = ["homes_threatened", "hazmat", "crowded"];
const ROADS = ["wide", "narrow", "blocked"];
const WATERS = ["hydrant", "pond", "none"];

export function FactFields({ draft }: { readonly draft: Signal<Draft> }) {
  const { facts, kind } = draft.value;
  const set = (code: string, value: boolean | number | string) => {
    draft.value = { ...draft.value, facts: { ...draft.value.facts, [code]: value } };
  };
  const forest = kind === "vegetation";
  return (
    <fieldset>
      <legend>{t("page.form.facts")}</legend>
      <div class="choices">
        {(forest ? FOREST : INSIDE).map((code) => (
          <button
            key={code}
            type="button"
            aria-pressed={facts[code] !== undefined && facts[code] !== 0}
            class={facts[code] ? "on danger" : ""}
            onClick={() => set(code, facts[code] ? 0 : 1)}
            data-test="fact"
            data-fact={code}
          >
            {nameOf("facts", code)}
          </button>
        ))}
      </div>
      <div class="line">
        {forest ? (
          <Figure code="burning_hectares" facts={facts} onSet={set} />
        ) : (
          <Figure code="floors" facts={facts} onSet={set} />
        )}
        <Choice code="road" all={ROADS} value={facts["road"]} onSet={set} />
        <Choice code="water" all={WATERS} value={facts["water"]} onSet={set} />
      </div>
    </fieldset>
  );
}

function Figure({ code, facts, onSet }: { readonly code: string; readonly facts: Draft["facts"]; readonly onSet: (code: string, value: number) => void }) {
  return (
    <label>
      <span>{nameOf("facts", code)}</span>
      <input type="number" min={0} max={9999} step="any" value={facts[code] === undefined ? "" : String(facts[code])} onInput={(event) => onSet(code, Number(event.currentTarget.value) || 0)} />
    </label>
  );
}

function Choice({ code, all, value, onSet }: { readonly code: string; readonly all: readonly string[]; readonly value: unknown; readonly onSet: (code: string, value: string) => void }) {
  return (
    <label>
      <span>{nameOf("facts", code)}</span>
      <select value={typeof value === "string" ? value : ""} onChange={(event) => onSet(code, event.currentTarget.value)}>
        <option value="">—</option>
        {all.map((one) => (
          <option key={one} value={one}>{t(`page.fact_value.${one}`)}</option>
        ))}
      </select>
    </label>
  );
}
