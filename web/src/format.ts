// Messages as Python formats them: str.format with named fields, so that one catalogue serves both.

export type Lang = "zh" | "en";
export type Catalogue = Readonly<Record<string, Readonly<Record<Lang, string>>>>;
export type Params = Readonly<Record<string, unknown>>;

/** The message in one language. An unknown code or a missing parameter shows itself instead of failing. */
export function message(catalogue: Catalogue, code: string, params: Params, lang: Lang): string {
  const texts = catalogue[code];
  return texts === undefined ? code : format(texts[lang], params);
}

export function format(template: string, params: Params): string {
  return template.replace(/\{\{|\}\}|\{([A-Za-z_][A-Za-z_0-9]*)(?::([^{}]*))?\}/g, (whole, name?: string, spec?: string) => {
    if (whole === "{{") return "{";
    if (whole === "}}") return "}";
    const value = name === undefined ? undefined : params[name];
    return value === undefined || value === null ? whole : shown(value, spec ?? "");
  });
}

function shown(value: unknown, spec: string): string {
  if (typeof value === "number") {
    const fixed = /^,?\.(\d+)f$/.exec(spec);
    return fixed ? value.toFixed(Number(fixed[1])) : String(value);
  }
  if (Array.isArray(value)) return value.map(String).join("、");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
