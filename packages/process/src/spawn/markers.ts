/** Carried by every process of a run, so that recovery finds them. */
export const runMarkerName = "SIGNALBOX_RUN_ID";

/** Carried by one started process and its descendants alone: stopping it touches nothing else of the run. */
export const processMarkerName = "SIGNALBOX_PROCESS_ID";
