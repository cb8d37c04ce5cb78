/** Epoch milliseconds of an RFC 3339 instant; `null` for anything else. Own code, because the core has no `Date`. */
export function parseInstant(text: string): number | null {
  const isFramed =
    text.charAt(4) === "-" &&
    text.charAt(7) === "-" &&
    "Tt ".includes(text.charAt(10)) &&
    text.charAt(13) === ":" &&
    text.charAt(16) === ":";
  if (!isFramed) return null;
  const days = daysFromCivil(digits(text, 0, 4), digits(text, 5, 2), digits(text, 8, 2));
  const minutes = digits(text, 11, 2) * 60 + digits(text, 14, 2);
  const zone = zoneStart(text);
  const fraction =
    zone === 19 ? 0 : digits(text, 20, Math.min(3, zone - 20)) * 10 ** (23 - Math.min(23, zone));
  const local = days * 86_400_000 + minutes * 60_000 + digits(text, 17, 2) * 1_000 + fraction;
  const instant = local - offsetMinutes(text, zone) * 60_000;
  return Number.isNaN(instant) ? null : instant;
}

/** Where the offset begins: after the seconds and their fraction. */
function zoneStart(text: string): number {
  if (text.charAt(19) !== ".") return 19;
  let end = 20;
  while (isDigit(text.charCodeAt(end))) end += 1;
  return end;
}

function offsetMinutes(text: string, start: number): number {
  const sign = text.charAt(start);
  if (sign === "Z" || sign === "z") return text.length === start + 1 ? 0 : Number.NaN;
  if ((sign !== "+" && sign !== "-") || text.charAt(start + 3) !== ":") return Number.NaN;
  if (text.length !== start + 6) return Number.NaN;
  const minutes = digits(text, start + 1, 2) * 60 + digits(text, start + 4, 2);
  return sign === "-" ? -minutes : minutes;
}

/** The number that `count` digits stand for; not a number where one of them is no digit. */
function digits(text: string, start: number, count: number): number {
  let value = count > 0 ? 0 : Number.NaN;
  for (let index = start; index < start + count; index += 1) {
    const unit = text.charCodeAt(index);
    value = isDigit(unit) ? value * 10 + unit - 48 : Number.NaN;
  }
  return value;
}

function isDigit(unit: number): boolean {
  return unit >= 48 && unit <= 57;
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
