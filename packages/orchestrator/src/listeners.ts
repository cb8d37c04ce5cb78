import type { Logger } from "@signalbox/contracts";

type Listener<Payload> = (payload: Payload) => void;

/** Typed publish and subscribe. A listener that throws is logged and hurts nobody else. */
export class Listeners<Events extends object> {
  readonly #listeners: { [Name in keyof Events]?: Set<Listener<Events[Name]>> } = {};
  readonly #logger: () => Logger | null;

  constructor(logger: () => Logger | null) {
    this.#logger = logger;
  }

  add<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): void {
    (this.#listeners[name] ??= new Set()).add(listener);
  }

  remove<Name extends keyof Events>(name: Name, listener: Listener<Events[Name]>): void {
    this.#listeners[name]?.delete(listener);
  }

  emit<Name extends keyof Events>(name: Name, payload: Events[Name]): void {
    for (const listener of this.#listeners[name] ?? []) {
      try {
        listener(payload);
      } catch (error) {
        this.#logger()?.log("error", `a ${String(name)} listener threw: ${String(error)}`);
      }
    }
  }
}
