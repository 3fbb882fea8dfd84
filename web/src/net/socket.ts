// The console's line to the service: connect, resume where we were, fold what comes, notice silence, try again.

import { applyEvent, applySnapshot, clock, lastTrafficMs, latencyMs, link, now } from "../state/store.ts";
import { backoffMs } from "./backoff.ts";
import { hello, readFrame, type Frame, type Position } from "./frames.ts";
import { leave, meet } from "./session.ts";

const PING_EVERY_MS = 2000;
const STALE_AFTER_MS = 5000;
/** So long without a word and the connection is given up: a dead line may never close by itself. */
const DEAD_AFTER_MS = 12_000;

export class ConsoleSocket {
  readonly #token: string;
  #socket: WebSocket | null = null;
  #position: Position | null = null;
  #attempt = 0;
  #pingedMs: number | null = null;
  #openedMs = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  readonly #beat: ReturnType<typeof setInterval>;
  #stopped = false;

  constructor(token: string) {
    this.#token = token;
    this.#beat = setInterval(() => this.#onBeat(), PING_EVERY_MS);
    addEventListener("online", this.#connectNow);
    this.#connect();
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#beat);
    clearTimeout(this.#retry);
    removeEventListener("online", this.#connectNow);
    this.#socket?.close(1000);
    link.value = "closed";
  }

  readonly #connectNow = (): void => {
    if (this.#socket === null) this.#connect();
  };

  #connect(): void {
    if (this.#stopped) return;
    clearTimeout(this.#retry);
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws/console`);
    this.#socket = socket;
    this.#pingedMs = null;
    socket.onopen = () => {
      this.#openedMs = Date.now();
      socket.send(hello(this.#token, this.#position));
    };
    socket.onmessage = (message) => {
      if (socket === this.#socket) this.#onFrame(readFrame(String(message.data)));
    };
    socket.onclose = (closed) => {
      if (socket !== this.#socket) return;
      this.#socket = null;
      latencyMs.value = null;
      if (closed.code === 4401 || closed.code === 4403 || closed.code === 4410) return this.#refused();
      if (this.#stopped) return;
      if (link.peek() === "live") link.value = "connecting";
      this.#retry = setTimeout(() => this.#connect(), backoffMs(this.#attempt++, Math.random()));
    };
  }

  #refused(): void {
    this.stop();
    leave();
  }

  #onFrame(frame: Frame): void {
    const receivedMs = Date.now();
    lastTrafficMs.value = receivedMs;
    switch (frame.type) {
      case "welcome":
        this.#attempt = 0;
        clock.hint(receivedMs, frame.serverMs);
        this.#position = frame.position;
        if (frame.snapshot !== null) applySnapshot(frame.snapshot);
        meet(frame.identity);
        link.value = "live";
        this.#ping();
        break;
      case "event":
        this.#onEvent(frame);
        break;
      case "ping":
        clock.hint(receivedMs, frame.serverMs);
        this.#send({ type: "pong" });
        break;
      case "pong":
        // Pongs come in the order of the pings, and one ping is out at a time.
        if (this.#pingedMs !== null) {
          latencyMs.value = receivedMs - this.#pingedMs;
          clock.learn(this.#pingedMs, receivedMs, frame.serverMs);
          this.#pingedMs = null;
        }
        break;
      case "bye":
        if (!frame.reconnect) this.#refused();
        break;
      case "other":
        break;
    }
  }

  #onEvent({ event }: Extract<Frame, { type: "event" }>): void {
    if (this.#position === null || event.seq <= this.#position.seq) return;
    if (event.seq > this.#position.seq + 1) {
      // Something was lost on the way: say hello again with the position kept, and it is sent.
      this.#socket?.close(4000);
      return;
    }
    this.#position = { ...this.#position, seq: event.seq };
    applyEvent(event);
  }

  #onBeat(): void {
    const heardMs = lastTrafficMs.peek();
    const silentMs = heardMs === null ? 0 : Date.now() - heardMs;
    const isOpen = this.#socket?.readyState === WebSocket.OPEN;
    if (silentMs > STALE_AFTER_MS) link.value = "stale";
    else if (isOpen && this.#position !== null && link.peek() === "stale") link.value = "live";
    if (isOpen && Math.min(silentMs, Date.now() - this.#openedMs) > DEAD_AFTER_MS) this.#socket?.close(4000);
    else if (isOpen && this.#position !== null) this.#ping();
  }

  #ping(): void {
    if (this.#pingedMs !== null) return;
    this.#pingedMs = Date.now();
    this.#send({ type: "ping" });
  }

  #send(frame: unknown): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame));
  }
}

/** Starts the tick that timers read; a quarter of a second, so that a second never shows late. */
export function startTicking(): () => void {
  const tick = setInterval(() => {
    now.value = clock.at(Date.now());
  }, 250);
  return () => clearInterval(tick);
}
