// Logging in: with a name and a password, or by the one-time code that a link carried.

import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { lang, say, setLang, t } from "../i18n.ts";
import { login, loginOnce, Problem } from "../net/api.ts";
import { enter } from "../net/session.ts";
import type { Coded } from "../state/cards.ts";

export function Login({ code }: { readonly code: string | null }) {
  const name = useSignal("");
  const password = useSignal("");
  const busy = useSignal(code !== null);
  const problem = useSignal<Coded | null>(null);

  const attempt = async (entering: ReturnType<typeof login>) => {
    busy.value = true;
    problem.value = null;
    try {
      enter(await entering);
    } catch (error) {
      problem.value = error instanceof Problem ? error.coded : { code: "page.problem.unexpected", params: { what: String(error) } };
    } finally {
      busy.value = false;
    }
  };
  useEffect(() => {
    if (code !== null) void attempt(loginOnce(code));
  }, [code]);

  return (
    <main class="login">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void attempt(login(name.value.trim(), password.value));
        }}
      >
        <h1>{t("page.title")}</h1>
        <p class="quiet">{t("page.motto")}</p>
        <label>
          <span>{t("page.login.name")}</span>
          <input name="login" autocomplete="username" value={name.value} onInput={(event) => (name.value = event.currentTarget.value)} autofocus />
        </label>
        <label>
          <span>{t("page.login.password")}</span>
          <input name="password" type="password" autocomplete="current-password" value={password.value} onInput={(event) => (password.value = event.currentTarget.value)} />
        </label>
        {problem.value !== null && <p class="shortfall" role="alert" data-test="problem">✕ {say(problem.value)}</p>}
        <button type="submit" class="dispatch" disabled={busy.value}>{busy.value ? t("page.login.busy") : t("page.login")}</button>
        <button type="button" class="plain" onClick={() => setLang(lang.value === "zh" ? "en" : "zh")}>{lang.value === "zh" ? "English" : "中文"}</button>
      </form>
    </main>
  );
}
