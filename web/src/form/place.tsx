// The place: a search by name, pinyin or initials; the ladder town, village, hamlet, landmark; a click; coordinates.

import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import type { Signal } from "@preact/signals";
import { nameOf, t } from "../i18n.ts";
import { rungBelow, searchPlaces, type Rung } from "../net/places.ts";
import { aim, lookAt } from "../state/view.ts";
import { Key } from "../panels/parts.tsx";
import { coordinatesIn, type Draft, type PickedPlace } from "./draft.ts";

const SYSTEMS = ["wgs84", "gcj02", "bd09", "cgcs2000"];

export function PlaceField({ draft }: { readonly draft: Signal<Draft> }) {
  const choose = (picked: PickedPlace) => {
    draft.value = { ...draft.value, picked, point: null };
    aim.value = Number.isFinite(picked.lon) ? { lon: picked.lon, lat: picked.lat } : null;
    if (aim.value !== null) lookAt.value = aim.value;
  };
  return (
    <fieldset class="place">
      <legend>
        {t("page.form.place")} <Key>/</Key>
      </legend>
      <Search draft={draft} onChoose={choose} />
      <Ladder onChoose={choose} />
      <Chosen draft={draft} />
      <label class="beside">
        <span>{t("page.form.place_text")}</span>
        <input
          value={draft.value.placeText}
          maxLength={200}
          placeholder={t("page.form.place_hint")}
          name="place-text"
          onInput={(event) => (draft.value = { ...draft.value, placeText: event.currentTarget.value })}
        />
      </label>
    </fieldset>
  );
}

function Search({ draft, onChoose }: { readonly draft: Signal<Draft>; readonly onChoose: (place: PickedPlace) => void }) {
  const text = useSignal("");
  const found = useSignal<readonly Rung[]>([]);
  const at = useSignal(0);
  const system = useSignal("wgs84");
  const input = useRef<HTMLInputElement>(null);
  const asked = useRef(0);
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  useLayoutEffect(() => input.current?.focus(), []);
  const point = coordinatesIn(text.value);

  const onInput = (value: string) => {
    text.value = value;
    at.value = 0;
    clearTimeout(waiting.current);
    const query = value.trim();
    if (query === "" || coordinatesIn(query) !== null) {
      found.value = [];
      return;
    }
    // The newest question counts: an answer that was overtaken is thrown away.
    const number = ++asked.current;
    waiting.current = setTimeout(() => {
      void searchPlaces(query)
        .then((places) => {
          if (number === asked.current) found.value = places;
        })
        .catch(() => undefined);
    }, 120);
  };
  const take = (place: Rung) => {
    onChoose(place);
    text.value = "";
    found.value = [];
  };
  const takePoint = () => {
    if (point === null) return;
    draft.value = { ...draft.value, point: { ...point, crs: system.value } };
    if (system.value === "wgs84" || system.value === "cgcs2000") {
      aim.value = point;
      lookAt.value = point;
    }
    text.value = "";
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const all = found.value.length;
      if (all > 0) at.value = (at.value + (event.key === "ArrowDown" ? 1 : all - 1)) % all;
    } else if (event.key === "Enter" && !event.ctrlKey && (point !== null || found.value.length > 0)) {
      event.preventDefault();
      const place = found.value[at.value];
      if (point !== null) takePoint();
      else if (place !== undefined) take(place);
    }
  };
  return (
    <div class="search">
      <input
        ref={input}
        id="place-search"
        value={text.value}
        onInput={(event) => onInput(event.currentTarget.value)}
        onKeyDown={onKeyDown}
        placeholder={t("page.form.search_hint")}
        aria-label={t("page.form.search_hint")}
        autocomplete="off"
        name="place"
      />
      {point !== null && (
        <div class="coordinates">
          <span>{point.lon}, {point.lat}</span>
          <select value={system.value} onChange={(event) => (system.value = event.currentTarget.value)} aria-label={t("page.form.system")}>
            {SYSTEMS.map((one) => <option key={one} value={one}>{t(`page.crs.${one}`)}</option>)}
          </select>
          <button type="button" class="strong small" onClick={takePoint}>{t("page.form.take_point")} <Key>↵</Key></button>
        </div>
      )}
      {found.value.length > 0 && (
        <ul class="found" role="listbox">
          {found.value.slice(0, 9).map((place, index) => (
            <li key={place.code} role="option" aria-selected={index === at.value} class={index === at.value ? "on" : ""} onClick={() => take(place)} data-test="found">
              <b>{place.name}</b> <small>{nameOf("place_kinds", place.kind)}</small> <span class="quiet">{place.label}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** 乡镇 / 行政村 / 自然村 / 组 / 地标: a list for each rung; what stands lowest is the place. */
function Ladder({ onChoose }: { readonly onChoose: (place: PickedPlace) => void }) {
  const rungs = useSignal<readonly (readonly Rung[])[]>([]);
  const picked = useSignal<readonly string[]>([]);
  const below = async (parent: Rung | null, depth: number) => {
    const next = await rungBelow(parent).catch(() => []);
    rungs.value = next.length === 0 ? rungs.value.slice(0, depth) : [...rungs.value.slice(0, depth), next];
  };
  useEffect(() => void below(null, 0), []);
  const choose = (depth: number, code: string) => {
    const rung = rungs.value[depth]?.find((one) => one.code === code);
    picked.value = [...picked.value.slice(0, depth), code];
    if (rung === undefined) return;
    onChoose(rung);
    void below(rung, depth + 1);
  };
  return (
    <div class="ladder-select">
      {rungs.value.map((places, depth) => (
        <select key={depth} value={picked.value[depth] ?? ""} onChange={(event) => choose(depth, event.currentTarget.value)} aria-label={t(`page.rung.${Math.min(depth, 3)}`)} data-test="rung">
          <option value="" disabled>{t(`page.rung.${Math.min(depth, 3)}`)}</option>
          {places.map((place) => <option key={place.code} value={place.code}>{place.name}</option>)}
        </select>
      ))}
    </div>
  );
}

function Chosen({ draft }: { readonly draft: Signal<Draft> }) {
  const { picked, point } = draft.value;
  if (picked === null && point === null) return <p class="quiet">◎ {t("page.form.click")}</p>;
  const drop = () => {
    draft.value = { ...draft.value, picked: null, point: null };
    aim.value = null;
  };
  return (
    <p class="chosen" data-test="chosen">
      ✓ {picked?.label}
      {point !== null && <span> ◎ {point.lon.toFixed(5)}, {point.lat.toFixed(5)} <small>{t(`page.crs.${point.crs}`)}</small></span>}
      <button type="button" class="plain small" onClick={drop} aria-label={t("page.cancel")}>✕</button>
    </p>
  );
}
