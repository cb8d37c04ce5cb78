import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

export type Git = (...args: readonly string[]) => Promise<string>;

/** Everything by which a caller's environment can point git elsewhere, or make it run a program. */
const stripped = /^(?:git_.*|editor|visual|pager|prefix|ssh_askpass)$/i;

/** Settings of a repository that start programs while it commits. */
const withoutPrograms: Readonly<Record<string, string>> = {
  "core.hooksPath": "/dev/null",
  "core.fsmonitor": "false",
  "commit.gpgSign": "false",
  "gc.auto": "0",
  "maintenance.auto": "false",
};

/**
 * Git in a folder where agents may have written: it takes no `GIT_*` variable from our environment, asks nothing, and
 * neither hooks nor filters nor other programs that the repository names are started. Its output, or an error with `stderr`.
 */
export async function gitIn(folder: string): Promise<Git> {
  const bare = await driverSettings(commandIn(folder, withoutPrograms));
  return commandIn(folder, { ...withoutPrograms, ...bare });
}

/** Settings that take its program from each filter that is configured, so that attributes lead to none. */
async function driverSettings(git: Git): Promise<Readonly<Record<string, string>>> {
  const names = await git("config", "--null", "--name-only", "--list");
  const settings: Record<string, string> = {};
  for (const name of names.split("\0")) {
    const filter = /^(filter\..+)\.[^.]+$/s.exec(name)?.[1];
    if (filter === undefined) continue;
    settings[`${filter}.clean`] = "";
    settings[`${filter}.process`] = "";
    settings[`${filter}.required`] = "false";
  }
  return settings;
}

function commandIn(folder: string, settings: Readonly<Record<string, string>>): Git {
  const env = environment(settings);
  return async (...args) => {
    const options = { cwd: folder, env, timeout: 30_000, maxBuffer: 1024 * 1024 };
    const { stdout } = await run("git", args, options);
    return stdout;
  };
}

function environment(settings: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !stripped.test(name));
  // As variables, since a name with an equals sign cannot be given as an argument.
  const given = Object.entries(settings).flatMap(([name, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, name],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return {
    ...Object.fromEntries(inherited),
    ...Object.fromEntries(given),
    GIT_CONFIG_COUNT: String(Object.keys(settings).length),
    GIT_TERMINAL_PROMPT: "0",
    GIT_NO_REPLACE_OBJECTS: "1",
    LC_ALL: "C",
  };
}
