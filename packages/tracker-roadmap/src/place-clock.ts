const minuteMs = 60_000;
const seconds = Array.from({ length: 60 }, (_, at) => `:${at < 10 ? "0" : ""}${at}.000Z`);

/**
 * Gives each position an instant, a second after the one before, as RFC 3339. Made for many in a row: formatting a date
 * costs more than all else that an issue needs.
 *
 * @param startAt epoch milliseconds, a whole second.
 */
export function placeClock(startAt: number): (position: number) => string {
  let minute = Number.NaN;
  let prefix = "";
  return (position) => {
    const at = startAt + position * 1000;
    const current = Math.floor(at / minuteMs);
    if (current !== minute) {
      minute = current;
      prefix = new Date(minute * minuteMs).toISOString().slice(0, -":00.000Z".length);
    }
    return prefix + (seconds[(at - minute * minuteMs) / 1000] ?? "");
  };
}

/** Epoch milliseconds of the day that the text starts with; 0 where it starts with none. */
export function readDay(text: string | null): number {
  const day = /^\d{4}-\d{2}-\d{2}(?!\d)/.exec(text ?? "")?.[0];
  const instant = day === undefined ? 0 : Date.parse(day);
  return Number.isNaN(instant) ? 0 : instant;
}
