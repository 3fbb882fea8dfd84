// How long to wait before the next try to connect: doubling with full jitter, so that consoles do not come in step.

export function backoffMs(attempt: number, random: number, capMs = 8000): number {
  const ceiling = Math.min(capMs, 250 * 2 ** Math.min(attempt, 10));
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}
