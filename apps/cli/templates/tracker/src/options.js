// @ts-check

/**
 * What `tracker.provider` of a workflow file says.
 *
 * @typedef {object} Options
 * @property {string} url Of the service.
 * @property {string} token A workflow file names a variable: `token: $EXAMPLE_TOKEN`.
 * @property {number} timeoutMs Of one request.
 */

/**
 * Written by hand here; any library of https://standardschema.dev will do.
 *
 * @type {import("@signalbox/contracts").StandardSchema<Options>}
 */
export const optionsSchema = {
  "~standard": {
    version: 1,
    vendor: "example",
    validate(value) {
      const { url, token, timeoutMs = 30_000 } = Object(value);
      const issues = [];
      if (typeof url !== "string" || !/^https?:$/.test(URL.parse(url)?.protocol ?? "")) {
        issues.push({ message: "must be the URL of the service: http or https", path: ["url"] });
      }
      if (typeof token !== "string" || token === "") {
        issues.push({ message: "must be a token of the service", path: ["token"] });
      }
      if (!Number.isInteger(timeoutMs) || timeoutMs < 1) {
        issues.push({ message: "must be a number of milliseconds", path: ["timeoutMs"] });
      }
      return issues.length > 0 ? { issues } : { value: { url, token, timeoutMs } };
    },
  },
};
