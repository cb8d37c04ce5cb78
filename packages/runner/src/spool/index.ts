export { SpoolReader } from "./spool-reader.ts";
export { formatSpoolRecord } from "./spool-record.ts";
export type { SpoolEntry, SpoolRecord } from "./spool-record.ts";
