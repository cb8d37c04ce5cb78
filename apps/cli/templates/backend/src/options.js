// @ts-check

/**
 * What `backends.example` of a workflow file says.
 *
 * @typedef {object} Options
 * @property {string[]} program The agent and its arguments. It reads its prompt from its standard input.
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
      const { program } = Object(value);
      const isProgram =
        Array.isArray(program) &&
        program.length > 0 &&
        program.every((part) => typeof part === "string");
      return isProgram
        ? { value: { program } }
        : {
            issues: [{ message: "must be a list: a program and its arguments", path: ["program"] }],
          };
    },
  },
};
