// Small parts that every panel uses: a key cap, a timer that counts by the server's clock, a standing's chip.

import type { ComponentChildren } from "preact";
import { useComputed } from "@preact/signals";
import { duration, timeOfDay } from "../clock.ts";
import { t } from "../i18n.ts";
import { STANDING_CHIPS } from "../map/palette.ts";
import { county, now } from "../state/store.ts";
import type { Unit } from "../state/cards.ts";
import { GLYPHS, isShort, type Standing } from "../state/standing.ts";

export function Key({ children }: { readonly children: ComponentChildren }) {
  return <kbd>{children}</kbd>;
}

/** Counts up from a time, or down to it when it lies ahead. Only its text changes with the tick. */
export function Timer({ from, className }: { readonly from: string; readonly className?: string }) {
  const startMs = Date.parse(from);
  const text = useComputed(() => duration(now.value - startMs));
  return <time class={`timer ${className ?? ""}`} dateTime={from}>{text}</time>;
}

/** Seconds to a deadline, as `0:27`; beyond it the time since, marked. */
export function Countdown({ to }: { readonly to: string }) {
  const dueMs = Date.parse(to);
  const text = useComputed(() => (now.value < dueMs ? duration(dueMs - now.value) : `+${duration(now.value - dueMs)}`));
  const tone = useComputed(() => (now.value >= dueMs ? "timer late" : dueMs - now.value < 10_000 ? "timer soon" : "timer"));
  return <time class={tone} dateTime={to}>{text}</time>;
}

export function At({ time }: { readonly time: string }) {
  return <time class="at" dateTime={time}>{timeOfDay(Date.parse(time), county.value.time_zone)}</time>;
}

export function Glyph({ standing }: { readonly standing: Standing }) {
  const { ground, ink } = STANDING_CHIPS[standing];
  return (
    <span class="glyph" style={{ background: ground, color: ink }} title={t(`page.standing.${standing}`)}>
      {GLYPHS[standing]}
    </span>
  );
}

/** How many are aboard of how many wanted; red when they are too few to roll. */
export function CrewCount({ unit }: { readonly unit: Unit }) {
  const over = unit.crew_seats.some((seat) => seat.standing_over);
  return (
    <span class={`crew ${isShort(unit) ? "short" : ""}`} title={t("page.crew_count")} data-test="crew-count">
      {unit.crew}/{unit.crew_wanted ?? unit.seats ?? "—"}
      {over && "!"}
    </span>
  );
}

export function Section({ title, aside, children }: { readonly title: string; readonly aside?: ComponentChildren; readonly children: ComponentChildren }) {
  return (
    <section>
      <h3>
        <span>{title}</span>
        {aside}
      </h3>
      {children}
    </section>
  );
}
