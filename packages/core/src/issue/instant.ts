const rfc3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:\.(\d+))?([Zz]|[+-]\d{2}:\d{2})$/;

/** Epoch milliseconds of an RFC 3339 instant; `null` for anything else. Own code, because the core has no `Date`. */
export function parseInstant(text: string): number | null {
  const match = rfc3339.exec(text);
  if (match === null) return null;
  const part = (group: number): number => Number(match[group]);
  const days = daysFromCivil(part(1), part(2), part(3));
  const seconds = part(4) * 3_600 + part(5) * 60 + part(6);
  const fraction = Math.floor(Number(`0.${match[7] ?? "0"}`) * 1_000);
  return days * 86_400_000 + seconds * 1_000 + fraction - offsetMs(match[8] ?? "Z");
}

function offsetMs(zone: string): number {
  if (zone === "Z" || zone === "z") return 0;
  const minutes = Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4, 6));
  return (zone.startsWith("-") ? -minutes : minutes) * 60_000;
}

/** Days since 1970-01-01 of a date of the Gregorian calendar: years begin in March, so that the leap day comes last. */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * ((month + 9) % 12) + 2) / 5) + day - 1;
  const dayOfEra =
    yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

/** The UTC day that an instant falls on, in days since 1970-01-01. */
export function dayOf(at: number): number {
  return Math.floor(at / 86_400_000);
}
