// The page: log in, then the console with its line to the service.

import { useEffect } from "preact/hooks";
import { useComputed, useSignalEffect } from "@preact/signals";
import { listenToKeys } from "./keys.ts";
import { say, t } from "./i18n.ts";
import { session } from "./net/session.ts";
import { ConsoleSocket, startTicking } from "./net/socket.ts";
import { ring, warn } from "./sound.ts";
import { cards, log, waits } from "./state/store.ts";
import { followTeam } from "./state/duty.ts";
import { followRoster } from "./state/roster.ts";
import { followConditions } from "./state/hindrances.ts";
import { followWater } from "./state/water.ts";
import { followWays } from "./state/ways.ts";
import { openedIds, panel, startedMs, toasts } from "./state/view.ts";
import { priority, ringing } from "./state/priority.ts";
import { AlarmForm } from "./form/form.tsx";
import { Board } from "./panels/board.tsx";
import { Dialogs } from "./panels/dialogs.tsx";
import { Header, StaleBanner } from "./panels/header.tsx";
import { IncidentPanel } from "./panels/incident.tsx";
import { Login } from "./panels/login.tsx";
import { Overview } from "./panels/overview.tsx";
import { Key } from "./panels/parts.tsx";
import { Queue } from "./panels/queue.tsx";
import { RecordPanel } from "./panels/record.tsx";
import { RoadForm } from "./panels/road_form.tsx";
import { RosterTable } from "./panels/roster.tsx";
import { RosterPanel } from "./panels/roster_day.tsx";
import { Stage } from "./panels/stage.tsx";
import { TeamPanel } from "./panels/team.tsx";

export function App({ code }: { readonly code: string | null }) {
  const token = useComputed(() => session.value?.token ?? null).value;
  return token === null ? <Login code={code} /> : <Console key={token} token={token} />;
}

function Console({ token }: { readonly token: string }) {
  useEffect(() => {
    const socket = new ConsoleSocket(token);
    const quiet = [startTicking(), listenToKeys(), followWays(), followConditions(), followWater(), followTeam(), followRoster(), () => ring(null)];
    return () => {
      socket.stop();
      for (const stop of quiet) stop();
    };
  }, [token]);
  useAlarmSound();
  return (
    <div class="console">
      <Header />
      <StaleBanner />
      <aside class="left">
        <Queue />
        <Board />
      </aside>
      <Stage />
      {panel.value === "roster" && <RosterTable />}
      <aside class="right">
        <RightPanel />
      </aside>
      <Footer />
      <Dialogs />
      <Toasts />
    </div>
  );
}

function RightPanel() {
  switch (panel.value) {
    case "form":
      return <AlarmForm />;
    case "incident":
      return <IncidentPanel />;
    case "road":
      return <RoadForm />;
    case "record":
      return <RecordPanel />;
    case "team":
      return <TeamPanel />;
    case "roster":
      return <RosterPanel />;
    case "overview":
      return <Overview />;
  }
}

const LOUD = new Set(["assignment_unconfirmed", "shortfall_raised", "assignment_answered_late", "delivery_missed"]);

function useAlarmSound(): void {
  useSignalEffect(() => {
    const loudest = ringing(cards.value.incidents.values(), openedIds.value, startedMs, waits);
    ring(loudest === null ? null : priority(loudest));
  });
  useSignalEffect(() => {
    const newest = log.value[0];
    if (newest !== undefined && LOUD.has(newest.type)) warn();
  });
}

function Footer() {
  return (
    <footer class="keys-line">
      <span><Key>F2</Key> {t("page.key.new")}</span>
      <span><Key>F3</Key> {t("page.key.worst")}</span>
      <span><Key>F9</Key> {t("page.key.dispatch")}</span>
      <span><Key>1–9</Key> {t("page.key.toggle")}</span>
      <span><Key>Ctrl+Z</Key> {t("page.key.undo")}</span>
      <span><Key>T</Key> {t("page.key.telephone")}</span>
      <span><Key>R</Key> {t("page.key.road")}</span>
      <span><Key>D</Key> {t("page.roster")}</span>
      <span><Key>?</Key> {t("page.key.help")}</span>
    </footer>
  );
}

function Toasts() {
  return (
    <div class="toasts" aria-live="polite">
      {toasts.value.map((one) => (
        <p key={one.id} class={one.bad ? "bad" : ""} data-test="toast">
          {one.bad ? "✕ " : "✓ "}
          {say(one.coded)}
        </p>
      ))}
    </div>
  );
}
