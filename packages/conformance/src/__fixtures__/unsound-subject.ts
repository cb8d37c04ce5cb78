import type { BackendSubject } from "../backend/backend-subject.ts";
import { broken, mistakes } from "./broken-backends.ts";
import { soundSubject } from "./sound-backend.ts";

const mistake = mistakes["failure-fails"];
const subject = soundSubject(mistake && broken(mistake));

/** Breaks one law, and plays no quota. */
export const unsoundSubject: BackendSubject = {
  ...subject,
  name: "unsound",
  scenarios: { ...subject.scenarios, quota: "It has no quota." },
};
