// The alarm sound: made by WebAudio, distinct by priority, repeated until the incident is opened, muted only for a time.

import { signal } from "@preact/signals";
import type { Priority } from "./state/priority.ts";

const REPEAT_MS: Readonly<Record<Priority, number>> = { urgent: 2200, high: 3500, normal: 5000 };
/** Pairs of frequency (Hz) and length (s): a fast two-tone, three rising notes, one soft double note. */
const NOTES: Readonly<Record<Priority | "warning", readonly (readonly [number, number])[]>> = {
  urgent: [[880, 0.16], [660, 0.16], [880, 0.16], [660, 0.16], [880, 0.16], [660, 0.16]],
  high: [[523, 0.18], [659, 0.18], [784, 0.3]],
  normal: [[587, 0.14], [0, 0.08], [587, 0.14]],
  warning: [[440, 0.3], [311, 0.45]],
};
export const MUTE_MS = 120_000;

export const mutedUntilMs = signal(0);
/** False until a browser lets us play: it wants a click or a key first. */
export const mayPlay = signal(false);

/** While the sounds are tried out. */
export const trying = signal(false);

let context: AudioContext | null = null;
let ringing: Priority | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;

export function unlock(): void {
  context ??= new AudioContext();
  void context.resume().then(() => {
    mayPlay.value = context?.state === "running";
  });
}

export function mute(nowMs: number): void {
  mutedUntilMs.value = nowMs < mutedUntilMs.peek() ? 0 : nowMs + MUTE_MS;
}

/** Rings at this priority until told otherwise; null is silence. */
export function ring(priority: Priority | null): void {
  if (priority === ringing) return;
  ringing = priority;
  clearTimeout(timer);
  repeat();
}

function repeat(): void {
  if (ringing === null) return;
  play(NOTES[ringing]);
  timer = setTimeout(repeat, REPEAT_MS[ringing]);
}

/** Once, for what needs an eye soon: a unit that does not answer, a shortfall. */
export function warn(): void {
  play(NOTES.warning);
}

/** All four sounds, one after the other, also while muted: who sits down here wants to know that they can be heard. */
export function tryOut(): void {
  context ??= new AudioContext();
  const pause = [0, 0.35] as const;
  const all = [NOTES.urgent, NOTES.high, NOTES.normal, NOTES.warning].flatMap((notes) => [...notes, pause]);
  void context.resume().then(() => {
    mayPlay.value = context?.state === "running";
    if (trying.peek()) return;
    sound(all);
    trying.value = true;
    setTimeout(
      () => {
        trying.value = false;
      },
      all.reduce((total, [, seconds]) => total + seconds * 1000, 0),
    );
  });
}

function play(notes: readonly (readonly [number, number])[]): void {
  if (Date.now() >= mutedUntilMs.peek()) sound(notes);
}

function sound(notes: readonly (readonly [number, number])[]): void {
  if (context === null || context.state !== "running") return;
  let at = context.currentTime + 0.02;
  for (const [frequency, seconds] of notes) {
    if (frequency > 0) {
      const tone = context.createOscillator();
      const loudness = context.createGain();
      tone.type = "square";
      tone.frequency.value = frequency;
      loudness.gain.setValueAtTime(0, at);
      loudness.gain.linearRampToValueAtTime(0.14, at + 0.01);
      loudness.gain.setValueAtTime(0.14, at + seconds - 0.03);
      loudness.gain.linearRampToValueAtTime(0, at + seconds);
      tone.connect(loudness).connect(context.destination);
      tone.start(at);
      tone.stop(at + seconds);
    }
    at += seconds;
  }
}
