// Who is logged in: the token lives in this tab only and leaves it with the tab.

import { signal } from "@preact/signals";

export interface Session {
  readonly token: string;
  readonly name: string;
  readonly role: string;
}

const KEY = "pianqu.session";

export const session = signal<Session | null>(load());

function load(): Session | null {
  try {
    const kept = sessionStorage.getItem(KEY);
    return kept === null ? null : (JSON.parse(kept) as Session);
  } catch {
    return null;
  }
}

export function enter(entered: Session): void {
  sessionStorage.setItem(KEY, JSON.stringify(entered));
  session.value = entered;
}

/** What the service itself says of who we are; a one-time link knew no name yet. */
export function meet(identity: Readonly<Record<string, unknown>>): void {
  const known = session.peek();
  const { name, role } = identity;
  if (known === null || typeof name !== "string" || typeof role !== "string") return;
  if (known.name !== name || known.role !== role) enter({ token: known.token, name, role });
}

export function leave(): void {
  sessionStorage.removeItem(KEY);
  session.value = null;
}

/** The code of a one-time link (`#login=CODE`); it is taken out of the address bar before anything else happens. */
export function takeLoginCode(): string | null {
  const said = new URLSearchParams(location.hash.slice(1)).get("login");
  if (said === null) return null;
  history.replaceState(null, "", location.pathname + location.search);
  // A link copied from a sentence may carry a bracket or a full stop along.
  return /^[\w-]+/.exec(said)?.[0] ?? "";
}
