// Dialogs: what was said on the telephone, why a unit cannot come, another level, closing, the list of keys.

import { useSignal } from "@preact/signals";
import { me, reported } from "../actions.ts";
import { called, levelText, nameOf, t } from "../i18n.ts";
import { acknowledge, closeIncident, recall, reinforce, setLevel, unable } from "../state/commands.ts";
import { cards, selected, stations, unitsByCode } from "../state/store.ts";
import { severity } from "../state/priority.ts";
import { backToOverview, dialog, toast } from "../state/view.ts";
import { BINDINGS } from "../bindings.ts";
import { Choices } from "./choices.tsx";
import { Frame, shut } from "./frame.tsx";
import { Link } from "./link.tsx";
import { Key } from "./parts.tsx";
import { UnitDialog } from "./unit.tsx";

export function Dialogs() {
  const shown = dialog.value;
  switch (shown?.type) {
    case "telephone":
      return <Telephone id={shown.assignment} />;
    case "unable":
      return <Unable id={shown.assignment} />;
    case "recall":
      return <Recall id={shown.assignment} />;
    case "unit":
      return <UnitDialog code={shown.unit} />;
    case "link":
      return <Link />;
    case "level":
      return <Level />;
    case "reinforce":
      return <Reinforce />;
    case "close":
      return <Close />;
    case "help":
      return <Help />;
    default:
      return null;
  }
}

function Who({ id }: { readonly id: string }) {
  const assignment = cards.value.assignments.get(id);
  const unit = assignment === undefined ? undefined : unitsByCode.value.get(assignment.unit);
  const station = assignment === undefined ? undefined : stations.value.get(assignment.station);
  return (
    <p class="who">
      <b>{unit === undefined ? assignment?.unit : called(unit)}</b>
      {station !== undefined && station.telephone !== "" && <span> ☎ {station.telephone}</span>}
    </p>
  );
}

const VIA = ["telephone", "radio"];

function Via({ value, onChange }: { readonly value: string; readonly onChange: (via: string) => void }) {
  return <Choices label={t("page.via")} all={VIA} name={(via) => nameOf("via", via)} value={value} onChange={onChange} />;
}

function Telephone({ id }: { readonly id: string }) {
  const by = useSignal("");
  const via = useSignal("telephone");
  return (
    <Frame title={t("page.telephone.title")} send={t("page.telephone.send")} onSend={() => acknowledge(id, { by: by.value.trim() || me(), via: via.value })}>
      <Who id={id} />
      <label>
        {t("page.telephone.by")}
        <input value={by.value} onInput={(event) => (by.value = event.currentTarget.value)} placeholder={t("page.telephone.by_hint")} maxLength={60} name="by" />
      </label>
      <Via value={via.value} onChange={(value) => (via.value = value)} />
    </Frame>
  );
}

const CAUSES = ["vehicle_defect", "crew_short", "other_task", "road_blocked", "other"];

function Unable({ id }: { readonly id: string }) {
  const assignment = cards.value.assignments.get(id);
  const asked = assignment?.verb !== "order";
  const cause = useSignal("vehicle_defect");
  const by = useSignal("");
  const via = useSignal("telephone");
  const send = () => unable(id, { by: by.value.trim() || me(), via: via.value, cause: cause.value, declined: asked });
  return (
    <Frame title={asked ? t("page.decline.title") : t("page.unable.title")} send={t("page.record")} onSend={send}>
      <Who id={id} />
      <Causes all={CAUSES} value={cause.value} onChange={(value) => (cause.value = value)} />
      <label>
        {t("page.telephone.by")}
        <input value={by.value} onInput={(event) => (by.value = event.currentTarget.value)} maxLength={60} name="by" />
      </label>
      <Via value={via.value} onChange={(value) => (via.value = value)} />
    </Frame>
  );
}

function Causes({ all, value, onChange }: { readonly all: readonly string[]; readonly value: string; readonly onChange: (cause: string) => void }) {
  return <Choices label={t("page.cause")} all={all} name={(cause) => nameOf("assignment_causes", cause)} value={value} onChange={onChange} digits />;
}

function Recall({ id }: { readonly id: string }) {
  const cause = useSignal("not_needed");
  return (
    <Frame title={t("page.recall.title")} send={t("page.recall")} onSend={() => recall(id, { by: me(), via: "console", cause: cause.value })}>
      <Who id={id} />
      <Causes all={["not_needed", "false_alarm", "wrong_unit", "needed_elsewhere"]} value={cause.value} onChange={(value) => (cause.value = value)} />
    </Frame>
  );
}

function Level() {
  const incident = selected.value;
  const why = useSignal("");
  if (incident === null) return null;
  const forest = incident.scale === "forest";
  const levels = forest ? [4, 3, 2, 1] : [1, 2, 3, 4, 5];
  const lowers = (level: number) => severity(incident.scale, level) < severity(incident.scale, incident.level);
  const choose = async (level: number) => {
    const reason = why.value.trim();
    const said = lowers(level) ? { correction: true, why: reason } : reason === "" ? {} : { why: reason };
    if (await reported(setLevel(incident.id, { level, by: me(), ...said }))) shut();
  };
  return (
    <Frame title={t("page.level.title")}>
      <p class="quiet">{t("page.level.rule")}</p>
      <label>
        {t("page.why")}
        <input value={why.value} onInput={(event) => (why.value = event.currentTarget.value)} maxLength={200} name="why" />
      </label>
      <div class="choices big">
        {levels.map((level) => (
          <button
            key={level}
            type="button"
            class={level === incident.level ? "on" : ""}
            disabled={level === incident.level || (lowers(level) && why.value.trim() === "")}
            onClick={() => void choose(level)}
          >
            {levelText({ scale: incident.scale, level })}
          </button>
        ))}
      </div>
    </Frame>
  );
}

const MORE = ["engine", "people", "ba_pairs", "water_tonnes", "rescue_set", "forest_gear"];

function Reinforce() {
  const incident = selected.value;
  const needs = useSignal<Readonly<Record<string, number>>>({ engine: 1 });
  if (incident === null) return null;
  const wanted = Object.fromEntries(Object.entries(needs.value).filter(([, amount]) => amount > 0));
  return (
    <Frame title={t("page.reinforce.title")} send={t("page.reinforce.send")} onSend={() => reinforce(incident.id, wanted)}>
      <p class="quiet">{t("page.reinforce.rule")}</p>
      <div class="line">
        {MORE.map((code) => (
          <label key={code}>
            <span>{nameOf("capabilities", code)}</span>
            <input
              type="number"
              min={0}
              max={1000}
              step="any"
              value={needs.value[code] ?? ""}
              onInput={(event) => (needs.value = { ...needs.value, [code]: Number(event.currentTarget.value) || 0 })}
            />
          </label>
        ))}
      </div>
    </Frame>
  );
}

function Close() {
  const incident = selected.value;
  const why = useSignal("");
  if (incident === null) return null;
  const send = async () => {
    await closeIncident(incident.id, { by: me(), ...(why.value.trim() === "" ? {} : { why: why.value.trim() }) });
    backToOverview();
    toast({ code: "page.close.done", params: { number: incident.number } });
  };
  return (
    <Frame title={t("page.close.title", { number: incident.number })} send={t("page.close")} onSend={send}>
      <p>{nameOf("kinds", incident.kind)} · {incident.place}</p>
      <p class="quiet">{t("page.close.rule")}</p>
      <label>
        {t("page.why")}
        <input value={why.value} onInput={(event) => (why.value = event.currentTarget.value)} maxLength={200} name="why" />
      </label>
    </Frame>
  );
}

function Help() {
  return (
    <Frame title={t("page.help.title")}>
      <dl class="keys">
        {BINDINGS.map((binding) => (
          <div key={binding.code}>
            <dt>{binding.caps.map((cap) => <Key key={cap}>{cap}</Key>)}</dt>
            <dd>{t(binding.code)}</dd>
          </div>
        ))}
      </dl>
    </Frame>
  );
}
