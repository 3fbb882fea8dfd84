// An alarm as it is being taken down: what the form holds, and what it sends. Pure.

export interface PickedPlace {
  readonly code: string;
  readonly name: string;
  /** Town, village … down to the place, as a person says it. */
  readonly label: string;
  readonly lon: number;
  readonly lat: number;
}

export interface Draft {
  readonly startedAt: string;
  readonly kind: string;
  readonly picked: PickedPlace | null;
  readonly point: { readonly lon: number; readonly lat: number; readonly crs: string } | null;
  /** What the caller adds to the place, or all there is of it. */
  readonly placeText: string;
  readonly trapped: number;
  readonly caller: string;
  readonly description: string;
  readonly facts: Readonly<Record<string, boolean | number | string>>;
}

/** Whether anything has been taken down yet. */
export function isBlank(draft: Draft): boolean {
  const { startedAt: _startedAt, ...held } = draft;
  const { startedAt: _now, ...blank } = emptyDraft("");
  return JSON.stringify(held) === JSON.stringify(blank);
}

export function emptyDraft(startedAt: string): Draft {
  return { startedAt, kind: "building", picked: null, point: null, placeText: "", trapped: 0, caller: "", description: "", facts: {} };
}

/** The body of POST /alarms. A point says more than a name, and a name more than nothing: no alarm is kept back. */
export function toAlarm(draft: Draft): Readonly<Record<string, unknown>> {
  const text = [draft.picked?.label, draft.placeText.trim()].filter((part) => part !== undefined && part !== "").join(" ");
  const facts = Object.fromEntries(Object.entries(draft.facts).filter(([, value]) => value !== false && value !== "" && value !== 0));
  return {
    source: "console",
    kind: draft.kind,
    location: draft.point === null ? { text } : { ...draft.point, ...(text === "" ? {} : { text }) },
    trapped: draft.trapped,
    reported_at: draft.startedAt,
    ...(draft.caller.trim() === "" ? {} : { caller: draft.caller.trim() }),
    ...(draft.description.trim() === "" ? {} : { description: draft.description.trim() }),
    ...(Object.keys(facts).length === 0 ? {} : { facts }),
  };
}

/** `112.85, 35.5` or `112.85E 35.5N`, also with a Chinese comma; null when it is no pair of degrees. */
export function coordinatesIn(text: string): { readonly lon: number; readonly lat: number } | null {
  const found = /^\s*(-?\d{1,3}(?:\.\d+)?)\s*°?\s*[eE东]?\s*[,，\s]\s*(-?\d{1,3}(?:\.\d+)?)\s*°?\s*[nN北]?\s*$/.exec(text);
  if (found === null) return null;
  const [a, b] = [Number(found[1]), Number(found[2])];
  if (Math.abs(a) > 180 || Math.abs(b) > 180) return null;
  // Latitude first is how many read it out: beyond 90 can only be a longitude.
  return Math.abs(a) <= 90 && Math.abs(b) > 90 ? { lon: b, lat: a } : Math.abs(b) <= 90 ? { lon: a, lat: b } : null;
}
