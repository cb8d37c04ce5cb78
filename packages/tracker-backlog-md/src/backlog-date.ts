const year4 = /^(\d{4})-(\d\d)-(\d\d)(?:[ T](\d\d):(\d\d)(?::\d\d)?(?:\.\d+)?Z?)?$/;
/** What older versions of the program wrote, by `date_format`. */
const dayFirst = /^(\d\d)([-/.])(\d\d)\2(\d\d)$/;

/** A date of Backlog.md's, which is in UTC, as RFC 3339; a day without a time is its midnight. `null` where it is no date. */
export function readDate(text: string): string | null {
  const [, day2, , month2, year2] = dayFirst.exec(text) ?? [];
  const iso = day2 === undefined ? text : `20${year2}-${month2}-${day2}`;
  const [, year, month, day, hour = "00", minute = "00"] = year4.exec(iso) ?? [];
  if (year === undefined) return null;
  const instant = `${year}-${month}-${day}T${hour}:${minute}:00.000Z`;
  const parsed = new Date(instant);
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString() === instant
    ? instant.replace(".000Z", "Z")
    : null;
}

/** As the program writes it: UTC, to the minute. */
export function writeDate(ms: number): string {
  return new Date(ms).toISOString().slice(0, 16).replace("T", " ");
}
