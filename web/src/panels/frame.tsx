// A dialog: takes the focus and keeps it, Esc leaves it, Enter sends it.

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { reported } from "../actions.ts";
import { t } from "../i18n.ts";
import { dialog } from "../state/view.ts";
import { Key } from "./parts.tsx";

export const shut = (): void => {
  dialog.value = null;
};

const FOCUSABLE = "input, select, textarea, button:not(:disabled):not([tabindex='-1'])";

interface Props {
  readonly title: string;
  readonly onSend?: () => Promise<unknown>;
  readonly send?: string;
  readonly children: ComponentChildren;
}

export function Frame({ title, onSend, send, children }: Props) {
  const form = useRef<HTMLFormElement>(null);
  // Before anything is painted: the next key belongs to the dialog, however fast it comes.
  useLayoutEffect(() => {
    const before = document.activeElement;
    form.current?.querySelector<HTMLElement>(FOCUSABLE)?.focus();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  const submit = async (event: Event) => {
    event.preventDefault();
    if (onSend !== undefined && (await reported(onSend()))) shut();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Tab" || form.current === null) return;
    const all = [...form.current.querySelectorAll<HTMLElement>(FOCUSABLE)];
    const [first, last] = [all[0], all.at(-1)];
    const leaving = event.shiftKey ? first : last;
    if (document.activeElement !== leaving) return;
    event.preventDefault();
    (event.shiftKey ? last : first)?.focus();
  };
  return (
    <div class="veil" onClick={(event) => event.target === event.currentTarget && shut()}>
      <div class="dialog" role="dialog" aria-modal="true" aria-label={title} data-test="dialog">
        <form ref={form} onSubmit={(event) => void submit(event)} onKeyDown={onKeyDown}>
          <h2>{title}</h2>
          {children}
          <footer>
            <button type="button" class="plain" onClick={shut}>
              {send === undefined ? t("page.shut") : t("page.cancel")} <Key>Esc</Key>
            </button>
            {send !== undefined && (
              <button type="submit" class="strong">
                {send} <Key>↵</Key>
              </button>
            )}
          </footer>
        </form>
      </div>
    </div>
  );
}
