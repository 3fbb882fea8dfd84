// Time as the server has it: an office PC's clock may be minutes off, a timer on the console must not be.

/** The offset to the server's clock, from the exchange with the shortest way there and back. */
export class ServerClock {
  #offsetMs = 0;
  #bestMs = Infinity;

  /** One exchange: sent and received by our clock, answered by the server's. Older bests fade, since clocks drift. */
  learn(sentMs: number, receivedMs: number, serverMs: number): void {
    const tripMs = receivedMs - sentMs;
    if (tripMs < 0 || !Number.isFinite(serverMs)) return;
    this.#bestMs = this.#bestMs * 1.05 + 0.1;
    if (tripMs > this.#bestMs) return;
    this.#bestMs = tripMs;
    this.#offsetMs = serverMs + tripMs / 2 - receivedMs;
  }

  /** A time that the server sent with something else: taken only while nothing better is known. */
  hint(receivedMs: number, serverMs: number): void {
    if (this.#bestMs === Infinity && Number.isFinite(serverMs)) this.#offsetMs = serverMs - receivedMs;
  }

  at(localMs: number): number {
    return localMs + this.#offsetMs;
  }
}

/** `04:14`, or `1:02:14` beyond an hour; a minus before what lies ahead. */
export function duration(ms: number): string {
  const past = ms >= 0;
  const seconds = past ? Math.floor(ms / 1000) : Math.ceil(-ms / 1000);
  const two = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  const text =
    minutes < 60
      ? `${two(minutes)}:${two(seconds % 60)}`
      : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(seconds % 60)}`;
  return past ? text : `−${text}`;
}

/** `4.1`: minutes as a dispatcher reads them. */
export function minutes(seconds: number): string {
  return (seconds / 60).toFixed(1);
}

/** Time of day in the county's zone, `06:31:42`. */
export function timeOfDay(ms: number, timeZone: string): string {
  return new Intl.DateTimeFormat("zh-CN", { timeStyle: "medium", hourCycle: "h23", timeZone }).format(ms);
}

/** Day and minute in the county's zone, `11-26 08:00`. */
export function dayAndTime(ms: number, timeZone: string): string {
  return `${dayOf(ms, timeZone).slice(5)} ${timeOfDay(ms, timeZone).slice(0, 5)}`;
}

/** The day in the county's zone, `2026-11-26`. */
export function dayOf(ms: number, timeZone: string): string {
  return new Intl.DateTimeFormat("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone }).format(ms);
}

/** A day some days on from another; days are counted on the calendar, whatever the clocks do. */
export function daysAfter(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}
