import { processMarkerName, runMarkerName } from "../spawn/markers.ts";
import { type ProcessEntry, readEnvironment } from "./process-table.ts";

const markerPattern = new RegExp(`\\0((?:${processMarkerName}|${runMarkerName})=[^\\0]*)\\0`, "g");
const known = new Map<
  number,
  { readonly startTime: number; readonly markers: readonly string[] }
>();

/**
 * The markers (`NAME=value`) in the environment that the process was started with. Read once: what carries none cannot
 * come by one later, as it would have to be a child of one that does.
 */
export function carriedMarkers(entry: ProcessEntry): readonly string[] {
  const before = known.get(entry.pid);
  if (before?.startTime === entry.startTime) return before.markers;
  const environment = readEnvironment(entry.pid);
  // Empty: none at all, or between two programs (execve), where nothing can be told yet.
  if (environment === null || environment === "") return [];
  // The NUL between two variables ends one and begins the other.
  const markers = [...`\0${environment}`.replaceAll("\0", "\0\0").matchAll(markerPattern)].map(
    ([, marker = ""]) => marker,
  );
  known.set(entry.pid, { startTime: entry.startTime, markers });
  return markers;
}

/** To be called now and then with what `/proc` lists, so that this does not grow with all the processes there ever were. */
export function forgetOthers(names: readonly string[]): void {
  if (known.size < 2 * names.length) return;
  const pids = new Set(names.map(Number));
  for (const pid of known.keys()) if (!pids.has(pid)) known.delete(pid);
}
