// Colours: the Okabe–Ito set, told apart by colour-blind eyes, and quiet grounds for the map, dark and light.

import type { Standing } from "../state/standing.ts";
import type { Priority } from "../state/priority.ts";

export const ORANGE = "#e69f00";
export const SKY = "#56b4e9";
export const GREEN = "#009e73";
export const YELLOW = "#f0e442";
export const BLUE = "#0072b2";
export const VERMILLION = "#d55e00";
export const PURPLE = "#cc79a7";

export interface Chip {
  readonly ground: string;
  readonly ink: string;
}

/** Ground and ink of a standing's glyph; each pair has a contrast of at least 4.5. */
export const STANDING_CHIPS: Readonly<Record<Standing, Chip>> = {
  free: { ground: "#dfe6ea", ink: "#10161c" },
  forward_post: { ground: GREEN, ink: "#000000" },
  training: { ground: "#b9c2c9", ink: "#10161c" },
  ordered: { ground: YELLOW, ink: "#10161c" },
  acknowledged: { ground: SKY, ink: "#10161c" },
  en_route: { ground: BLUE, ink: "#ffffff" },
  on_scene: { ground: ORANGE, ink: "#10161c" },
  returning: { ground: "#9db7c9", ink: "#10161c" },
  unconfirmed: { ground: VERMILLION, ink: "#000000" },
  short_crew: { ground: PURPLE, ink: "#10161c" },
  off_duty: { ground: "#5b6670", ink: "#ffffff" },
  out_of_service: { ground: "#3c444c", ink: "#ffffff" },
};

export const PRIORITY_COLOURS: Readonly<Record<Priority, string>> = {
  urgent: VERMILLION,
  high: ORANGE,
  normal: SKY,
};

export interface Ground {
  readonly land: string;
  readonly outside: string;
  readonly forest: string;
  readonly water: string;
  readonly label: string;
  readonly halo: string;
  readonly faintLabel: string;
  readonly boundary: string;
  readonly zone: string;
  readonly closed: string;
  readonly motorway: string;
  readonly trunk: string;
  readonly primary: string;
  readonly secondary: string;
  readonly minor: string;
  readonly track: string;
}

export const GROUNDS: Readonly<Record<"dark" | "light", Ground>> = {
  dark: {
    land: "#141b23",
    outside: "#0d1218",
    forest: "#172a22",
    water: SKY,
    label: "#f2f6f8",
    halo: "#0d1218",
    faintLabel: "#a9b8c4",
    boundary: "#93a4b3",
    zone: "#5f7f95",
    closed: "#ff7a33",
    motorway: "#a5813c",
    trunk: "#97783c",
    primary: "#7d7048",
    secondary: "#5f6f7f",
    minor: "#3f4d5a",
    track: "#35424d",
  },
  light: {
    land: "#f6f4ee",
    outside: "#e4e2dc",
    forest: "#dcead9",
    water: BLUE,
    label: "#14191e",
    halo: "#ffffff",
    faintLabel: "#4a555f",
    boundary: "#57626c",
    zone: "#3d7391",
    closed: "#b34700",
    motorway: "#cf9a35",
    trunk: "#d8ab55",
    primary: "#e2c487",
    secondary: "#aab6c0",
    minor: "#c3ccd3",
    track: "#cfcfc4",
  },
};
