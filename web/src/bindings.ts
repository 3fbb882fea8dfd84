// The keys of the console, as they work and as `?` lists them.

export interface Binding {
  readonly caps: readonly string[];
  readonly code: string;
}

export const BINDINGS: readonly Binding[] = [
  { caps: ["F2", "N"], code: "page.key.new" },
  { caps: ["F3"], code: "page.key.worst" },
  { caps: ["F9"], code: "page.key.dispatch" },
  { caps: ["1", "…", "9"], code: "page.key.toggle" },
  { caps: ["Ctrl+Z"], code: "page.key.undo" },
  { caps: ["J", "K", "↑", "↓"], code: "page.key.step" },
  { caps: ["/"], code: "page.key.search" },
  { caps: ["U"], code: "page.key.board" },
  { caps: ["T"], code: "page.key.telephone" },
  { caps: ["G"], code: "page.key.reinforce" },
  { caps: ["L"], code: "page.key.level" },
  { caps: ["C"], code: "page.key.close" },
  { caps: ["R"], code: "page.key.road" },
  { caps: ["D"], code: "page.roster" },
  { caps: ["0"], code: "page.key.county" },
  { caps: ["M"], code: "page.key.mute" },
  { caps: ["Esc"], code: "page.key.back" },
  { caps: ["?"], code: "page.key.help" },
];
