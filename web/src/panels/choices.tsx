// One of several: a row of buttons that arrows walk, digits choose from and Enter sends on; and a button that asks twice.

import { useEffect } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { t } from "../i18n.ts";
import { Key } from "./parts.tsx";

interface Props {
  readonly label: string;
  readonly all: readonly string[];
  readonly name: (code: string) => string;
  readonly value: string;
  readonly onChange: (code: string) => void;
  /** Digits choose while the focus is in this row. */
  readonly digits?: boolean;
}

export function Choices({ label, all, name, value, onChange, digits }: Props) {
  const at = Math.max(0, all.indexOf(value));
  const choose = (place: number, row: HTMLElement) => {
    const code = all[(place + all.length) % all.length];
    if (code === undefined) return;
    onChange(code);
    row.querySelectorAll<HTMLElement>("button")[all.indexOf(code)]?.focus();
  };
  const onKeyDown = (event: KeyboardEvent & { currentTarget: HTMLElement }) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    const digit = digits === true && /^[1-9]$/.test(event.key) ? Number(event.key) - 1 : -1;
    if (step !== undefined) choose(at + step, event.currentTarget);
    else if (digit >= 0 && digit < all.length) choose(digit, event.currentTarget);
    else if (event.key === "Enter") event.currentTarget.closest("form")?.requestSubmit();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="choices" role="radiogroup" aria-label={label} onKeyDown={onKeyDown}>
      {all.map((code, place) => (
        <button
          key={code}
          type="button"
          role="radio"
          aria-checked={value === code}
          tabIndex={place === at ? 0 : -1}
          class={value === code ? "on" : ""}
          onClick={() => onChange(code)}
          data-choice={code}
        >
          {name(code)}
          {digits === true && <Key>{place + 1}</Key>}
        </button>
      ))}
    </div>
  );
}

const STEPS: Readonly<Record<string, number>> = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

const ARMED_MS = 4000;

/** For what nobody can take back: the first press asks, the second does. */
export function Sure({ label, onSure, className, test }: { readonly label: string; readonly onSure: () => void; readonly className?: string; readonly test?: string }) {
  const armed = useSignal(false);
  useEffect(() => {
    if (!armed.value) return undefined;
    const timer = setTimeout(() => {
      armed.value = false;
    }, ARMED_MS);
    return () => clearTimeout(timer);
  }, [armed.value]);
  const onClick = () => {
    if (armed.value) onSure();
    armed.value = !armed.value;
  };
  return (
    <button type="button" class={`${className ?? ""} ${armed.value ? "armed" : ""}`} onClick={onClick} data-test={test}>
      {armed.value ? t("page.sure", { what: label }) : label}
    </button>
  );
}
