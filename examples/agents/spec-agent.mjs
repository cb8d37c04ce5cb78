// A coding agent in a hundred lines: it reads its prompt from stdin, edits files, runs the repository's own check,
// commits, and ends. Where a real agent asks a model what to write, this one reads it out of the feature's text:
//
//   `src/greet.mjs` exports `greet(name)`: `"Hello " + name`. So `greet("you")` is `"Hello you"`.
//
// What every agent for Signalbox's backend `command` has to do, this one does:
//   - the prompt comes on stdin; the current folder is a git worktree made for this one issue
//   - exit code 0 says "I am done", any other one "I failed"; the last line on stderr says why
//   - only what is committed counts as the result

import { spawnSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, relative } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";

try {
  await work(readPrompt(await text(process.stdin)));
} catch (error) {
  console.error(`spec-agent: ${error.message}`);
  process.exitCode = 1;
}

async function work(feature) {
  console.log(`reading about ${feature.title}`);
  await pause(300 + 700 * Math.random());

  // A run in the same workspace may have come before: writing the whole file again makes a retry harmless.
  console.log(`writing ${feature.path}`);
  await save(feature.path, moduleText(feature));
  await save(testPath(feature), testText(feature));
  await pause(300);

  console.log("running the check");
  run(process.execPath, ["--test", "--test-isolation=none"]);

  run("git", ["add", "--all"]);
  if (run("git", ["status", "--porcelain"]) === "") {
    console.log("nothing to change");
    return;
  }
  run("git", ["commit", "--quiet", "--message", `${feature.title}\n\nAdds ${feature.name}.`]);
  console.log("committed");
}

/** Finds the feature in the prompt. Everything that it needs must be there: an agent has no other memory. */
function readPrompt(prompt) {
  const flat = prompt.replace(/\s+/g, " ");
  const spec = /`(src\/[\w-]+\.mjs)` exports `(\w+)\((.*?)\)`: `(.*?)`\./.exec(flat);
  const example = /So `([^`]+)` is `([^`]+)`\./.exec(flat);
  const title = /^# (.+)$/m.exec(prompt);
  if (spec === null || example === null || title === null) {
    throw new Error("the prompt names no module, no example or no title");
  }
  const [, path, name, parameters, expression] = spec;
  const uses = [...flat.matchAll(/[Uu]ses `(\w+)` from `(src\/[\w-]+\.mjs)`/g)];
  return {
    title: title[1],
    path,
    name,
    parameters,
    // In a hurry, it gets difficult things wrong the first time. The prompt tells which attempt this is.
    expression: isHurried(flat) ? "undefined" : expression,
    uses: uses.map(([, usedName, usedPath]) => ({ name: usedName, path: usedPath })),
    call: example[1],
    result: example[2],
  };
}

function isHurried(prompt) {
  return /takes care/i.test(prompt) && /Attempt: 1\b/.test(prompt);
}

function moduleText({ title, path, name, parameters, expression, uses }) {
  const imports = uses.map((used) => {
    const from = `./${relative(dirname(path), used.path)}`;
    return `import { ${used.name} } from "${from}";\n`;
  });
  const gap = imports.length === 0 ? "" : "\n";
  const body = `/** ${title}. */\nexport function ${name}(${parameters}) {\n  return ${expression};\n}\n`;
  return `${imports.join("")}${gap}${body}`;
}

function testText({ title, path, name, call, result }) {
  return [
    'import assert from "node:assert/strict";',
    'import { test } from "node:test";',
    `import { ${name} } from "../${path}";`,
    "",
    `test(${JSON.stringify(title)}, () => {`,
    `  assert.deepEqual(${call}, ${result});`,
    "});",
    "",
  ].join("\n");
}

function testPath({ path }) {
  return `test/${basename(path, ".mjs")}.test.mjs`;
}

async function save(path, content) {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content);
}

/** What a program of the repository prints. Never run through a shell: text of a feature must not become a command. */
function run(program, args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (error !== undefined) throw error;
  if (status === 0) return stdout;
  console.error(`${stdout}${stderr}`);
  throw new Error(`${basename(program)} ${args[0]} failed with exit code ${status}`);
}
