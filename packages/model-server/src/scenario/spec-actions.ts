import { basename, dirname, relative } from "node:path/posix";
import type { Action } from "../reply.ts";

const specPattern = /`(src\/[\w-]+\.mjs)`\s+exports\s+`(\w+)\((.*?)\)`:\s+`(.*?)`\./gs;
const examplePattern = /So\s+`([^`]+)`\s+is\s+`([^`]+)`\./;

interface Spec {
  readonly title: string;
  readonly path: string;
  readonly name: string;
  readonly parameters: string;
  readonly expression: string;
  readonly uses: readonly { readonly name: string; readonly path: string }[];
  readonly call: string;
  readonly result: string;
}

/**
 * What a good model would do with a feature of the demo's roadmap, which says in its text what to write. Without such
 * a text there is nothing to do.
 */
export function specActions(prompt: string): readonly Action[] {
  const spec = readSpec(prompt);
  if (spec === undefined) return [];
  const testPath = `test/${basename(spec.path, ".mjs")}.test.mjs`;
  const title = spec.title.replaceAll("'", "");
  return [
    { kind: "write", path: spec.path, content: moduleText(spec) },
    { kind: "write", path: testPath, content: testText(spec) },
    { kind: "run", command: "node --test --test-isolation=none" },
    {
      kind: "run",
      command: `git add --all && git commit --quiet --message '${title}' --message 'Adds ${spec.name}.'`,
    },
  ];
}

function readSpec(prompt: string): Spec | undefined {
  const match = [...prompt.matchAll(specPattern)].at(-1);
  if (match === undefined) return undefined;
  const [, path = "", name = "", parameters = "", expression = ""] = match;
  const before = prompt.slice(0, match.index);
  const after = prompt.slice(match.index);
  const [, call = "true", result = "true"] = examplePattern.exec(after) ?? [];
  const uses = after.matchAll(/uses\s+`(\w+)`\s+from\s+`(src\/[\w-]+\.mjs)`/gi);
  return {
    title: [...before.matchAll(/^# (.+)$/gm)].at(-1)?.[1] ?? `Add ${name}`,
    path,
    name,
    parameters,
    // In a hurry, it gets difficult things wrong the first time, as models do.
    expression: isHurried(after) ? "undefined" : expression,
    uses: [...uses].map(([, usedName = "", usedPath = ""]) => ({ name: usedName, path: usedPath })),
    call,
    result,
  };
}

function isHurried(text: string): boolean {
  return /takes\s+care/i.test(text) && /Attempt: 1\b/.test(text) && !/went wrong:/.test(text);
}

function moduleText({ title, path, name, parameters, expression, uses }: Spec): string {
  const imports = uses.map((used) => {
    const from = `./${relative(dirname(path), used.path)}`;
    return `import { ${used.name} } from "${from}";\n`;
  });
  const gap = imports.length === 0 ? "" : "\n";
  return `${imports.join("")}${gap}/** ${title}. */\nexport function ${name}(${parameters}) {\n  return ${expression};\n}\n`;
}

function testText({ title, path, name, call, result }: Spec): string {
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
