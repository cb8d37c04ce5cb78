import type { LimitWindow } from "./app-server-message.ts";

/** What is known of the account's quota. Updates may leave out what has not changed. */
export class QuotaWatch {
  #windows: { readonly primary: LimitWindow | null; readonly secondary: LimitWindow | null } = {
    primary: null,
    secondary: null,
  };

  /** Returns the window that is used up most, where the update says something new of any. */
  take(update: {
    readonly primary: LimitWindow | null;
    readonly secondary: LimitWindow | null;
  }): { usedPercent: number; resetsAt: number | null } | null {
    const before = JSON.stringify(this.#windows);
    this.#windows = {
      primary: update.primary ?? this.#windows.primary,
      secondary: update.secondary ?? this.#windows.secondary,
    };
    if (JSON.stringify(this.#windows) === before) return null;
    const [most] = this.#known().toSorted((a, b) => b.usedPercent - a.usedPercent);
    return most === undefined
      ? null
      : { usedPercent: most.usedPercent, resetsAt: inMilliseconds(most.resetsAt) };
  }

  /** When the last of the windows that are used up begins anew, in epoch milliseconds; `null` where nobody says. */
  get resetsAt(): number | null {
    const resets = this.#known()
      .filter(({ usedPercent }) => usedPercent >= 100)
      .flatMap(({ resetsAt }) => (resetsAt === null ? [] : [resetsAt]));
    return resets.length === 0 ? null : inMilliseconds(Math.max(...resets));
  }

  #known(): readonly LimitWindow[] {
    const { primary, secondary } = this.#windows;
    return [primary, secondary].filter((window) => window !== null);
  }
}

function inMilliseconds(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1000;
}
