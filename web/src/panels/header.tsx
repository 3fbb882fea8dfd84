// The top line: whose county, how the connection is, what waits, who sits here, what time it is at the server.

import { useComputed } from "@preact/signals";
import { duration, timeOfDay } from "../clock.ts";
import { called, lang, nameOf, setLang, t } from "../i18n.ts";
import { session, leave } from "../net/session.ts";
import { mayPlay, mute, mutedUntilMs, tryOut, trying } from "../sound.ts";
import { speedProfile } from "../state/hindrances.ts";
import { isFree } from "../state/standing.ts";
import { county, latencyMs, link, now, queue, standings, waits } from "../state/store.ts";
import { switchTheme, theme } from "../state/view.ts";

export function Header() {
  const role = nameOf("roles", session.value?.role ?? "");
  return (
    <header>
      <h1>
        {called(county.value) || t("page.title")}
        <small>{t("page.console")}</small>
      </h1>
      {county.value.synthetic && <span class="badge synthetic">{t("page.synthetic")}</span>}
      <Connection />
      <Counts />
      {speedProfile.value !== null && <span class="badge" title={t("page.roads.speeds")} data-test="speeds-badge">◷ {called(speedProfile.value)}</span>}
      <span class="spring" />
      <Sound />
      <button type="button" class="plain" onClick={() => setLang(lang.value === "zh" ? "en" : "zh")} data-test="lang">
        {lang.value === "zh" ? "EN" : "中文"}
      </button>
      <button type="button" class="plain" onClick={switchTheme} title={t("page.theme")} aria-label={t("page.theme")}>
        {theme.value === "dark" ? "☀" : "☾"}
      </button>
      <span class="who">
        {session.value?.name}
        {role !== session.value?.name && <small>{role}</small>}
      </span>
      <button type="button" class="plain" onClick={leave}>{t("page.logout")}</button>
      <WallClock />
    </header>
  );
}

function Connection() {
  const state = link.value;
  const late = latencyMs.value;
  const glyph = state === "live" ? "●" : state === "connecting" ? "◌" : "▲";
  return (
    <span class={`badge link ${state}`} data-test="link" data-state={state}>
      {glyph} {t(`page.link.${state}`)}
      {state === "live" && late !== null && <b> {late} ms</b>}
    </span>
  );
}

function Counts() {
  const waiting = queue.value.filter(waits).length;
  const all = [...standings.value.values()];
  const free = all.filter(isFree).length;
  return (
    <span class="counts">
      <span class={waiting > 0 ? "hot" : ""}>{t("page.count.waiting")} <b>{waiting}</b></span>
      <span>{t("page.count.working")} <b>{queue.value.length - waiting}</b></span>
      <span>{t("page.count.free")} <b>{free}/{all.length}</b></span>
    </span>
  );
}

function Sound() {
  const left = useComputed(() => Math.max(0, mutedUntilMs.value - Date.now() + 0 * now.value));
  if (!mayPlay.value) {
    return <button type="button" class="badge warn" onClick={tryOut}>{t("page.sound.blocked")}</button>;
  }
  return (
    <span class="sound">
      <button type="button" class={left.value > 0 ? "badge warn" : "plain"} onClick={() => mute(Date.now())} title={`${t("page.sound.mute")} (M)`}>
        {left.value > 0 ? `🔇 ${t("page.sound.muted")} ${duration(left.value)}` : `♪ ${t("page.sound.on")}`}
      </button>
      <button type="button" class="plain" onClick={tryOut} title={t("page.sound.try_all")} data-test="try-sound">
        {trying.value ? `♫ ${t("page.sound.trying")}` : `▶ ${t("page.sound.try")}`}
      </button>
    </span>
  );
}

function WallClock() {
  const text = useComputed(() => timeOfDay(now.value, county.value.time_zone));
  return <time class="wall">{text}</time>;
}

/** After five seconds of silence nobody may take the board for the truth. */
export function StaleBanner() {
  if (link.value !== "stale") return null;
  return (
    <div class="stale" role="alert" data-test="stale">
      ▲ {t("page.stale")}
    </div>
  );
}
