// The ways of proposed units: too long for a card, so they are read when an incident stands open with a new proposal.

import { effect, signal } from "@preact/signals";
import { get } from "../net/api.ts";
import { selected } from "./store.ts";

export const proposedWays = signal<Readonly<Record<string, unknown>>>({});

interface Detailed {
  readonly id: string;
  readonly detail?: { readonly paths?: Readonly<Record<string, unknown>> };
}

/** Keeps `proposedWays` at the newest proposal of the selected incident. */
export function followWays(): () => void {
  let asked = "";
  return effect(() => {
    const incident = selected.value;
    const proposal = incident?.proposal?.id ?? "";
    if (proposal === asked) return;
    asked = proposal;
    proposedWays.value = {};
    if (incident === null || proposal === "") return;
    void get<Detailed>(`/incidents/${encodeURIComponent(incident.id)}/proposal`)
      .then((answer) => {
        if (asked === proposal) proposedWays.value = answer.detail?.paths ?? {};
      })
      .catch(() => undefined); // the map does without
  });
}
