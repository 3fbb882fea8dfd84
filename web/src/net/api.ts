// Calls to /api/v1: the token goes along, a problem comes back as codes, every command carries its own id.

import { leave, session, type Session } from "./session.ts";
import { has } from "../i18n.ts";
import type { Coded } from "../state/cards.ts";

export class Problem extends Error {
  readonly status: number;
  readonly coded: Coded;

  constructor(status: number, coded: Coded) {
    super(coded.code);
    this.status = status;
    this.coded = coded;
  }
}

const BASE = "/api/v1";

export async function get<T>(path: string): Promise<T> {
  return call<T>("GET", path, undefined, {});
}

/** One id per action, kept over repeats: who double-clicks gets the first answer. */
export async function post<T>(path: string, body: unknown, commandId: string = newId()): Promise<T> {
  return call<T>("POST", path, body, { "Idempotency-Key": commandId });
}

export async function remove(path: string): Promise<void> {
  await call<unknown>("DELETE", path, undefined, {});
}

/** A roster of a whole county on paper takes its time. */
const FILE_MS = 180_000;

/** A file that only who is logged in may have: fetched with the token, then kept by the browser under its own name. */
export async function download(path: string): Promise<void> {
  const response = await answered("GET", path, undefined, {}, FILE_MS);
  const named = /filename="([^"]+)"/.exec(response.headers.get("Content-Disposition") ?? "")?.[1];
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = named ?? path.replace(/^.*\/|\?.*$/g, "");
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

export function newId(): string {
  // crypto.randomUUID exists only on HTTPS and localhost; a county's first server often has neither.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

export function authorization(): Record<string, string> {
  const token = session.peek()?.token;
  return token === undefined ? {} : { Authorization: `Bearer ${token}` };
}

async function call<T>(method: string, path: string, body: unknown, headers: Record<string, string>): Promise<T> {
  const response = await answered(method, path, body, headers, ANSWER_MS);
  if (response.status === 204) return undefined as T;
  return (await response.json()) as T;
}

const ANSWER_MS = 15_000;

async function answered(method: string, path: string, body: unknown, headers: Record<string, string>, longestMs: number): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(BASE + path, {
      method,
      headers: { ...authorization(), ...headers, ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      cache: "no-store",
      signal: AbortSignal.timeout(longestMs),
    });
  } catch {
    throw new Problem(0, { code: "page.problem.unreachable" });
  }
  if (response.status === 401 && session.peek() !== null) leave();
  if (!response.ok) throw await problemOf(response);
  return response;
}

async function problemOf(response: Response): Promise<Problem> {
  try {
    const said = (await response.json()) as { code?: string; params?: Record<string, unknown>; detail?: string; title?: string };
    const code = `problem.${said.code ?? ""}`;
    if (has(code)) return new Problem(response.status, { code, params: said.params ?? {} });
    const detail = said.detail ?? said.title;
    if (typeof detail === "string") return new Problem(response.status, { code: detail });
  } catch {
    // Not JSON: a proxy's page, say.
  }
  return new Problem(response.status, { code: "page.problem.status", params: { status: response.status } });
}

interface LoginAnswer {
  readonly token: string;
  readonly name?: string;
  readonly role?: string;
  readonly operator?: { readonly name?: string; readonly role?: string };
}

function sessionOf(answer: LoginAnswer, fallback: string): Session {
  return {
    token: answer.token,
    name: answer.name ?? answer.operator?.name ?? fallback,
    role: answer.role ?? answer.operator?.role ?? "",
  };
}

export async function login(name: string, password: string): Promise<Session> {
  return sessionOf(await post<LoginAnswer>("/login", { login: name, password }), name);
}

export async function loginOnce(code: string): Promise<Session> {
  return sessionOf(await post<LoginAnswer>("/login/one-time", { code }), "");
}
