import { readFileSync } from "node:fs";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { planTransition } from "./plan-transition.ts";
import { issueOf, placeOf, readRoadmap } from "./read-roadmap.ts";
import type { Roadmap } from "./read-roadmap.ts";
import { replaceSpan, type Span, textOf } from "./span.ts";
import { roadmapTexts } from "./__fixtures__/roadmap-texts.ts";

const edits = 10_000;
const seed = Number(process.env["SEED"] ?? 20_260_101);
const name = "r.md";
const states = [
  "planned",
  "in-progress",
  "done",
  "Needs-Human",
  "decision pending",
  "blocked",
  "終",
];

/** Files as people write them, in every line ending, with and without a byte order mark and a last newline. */
function corpus(): readonly string[] {
  const names = [
    "roadmap.md",
    "roadmap-untidy.md",
    "roadmap.d/predict-heights.md",
    "roadmap.d/parse-harmonic-constants.md",
  ];
  const written = names.flatMap((file) => {
    const text = readFileSync(new URL(`__fixtures__/${file}`, import.meta.url), "utf8");
    return [text, text.replaceAll("\n", "\r\n"), `\uFEFF${text}`, text.trimEnd()];
  });
  return [...written, ...fc.sample(roadmapTexts, { seed, numRuns: 200 })];
}

/** The bytes in which they differ, by where they stand in the first. */
function difference(
  before: Buffer,
  after: Buffer,
): { readonly start: number; readonly end: number } {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let tail = 0;
  const most = Math.min(before.length, after.length) - start;
  while (tail < most && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
  return { start, end: before.length - tail };
}

/** Where the value of its Status stands in the text. */
function statusOf(roadmap: Roadmap, id: string): Span {
  const place = placeOf(roadmap, id);
  if (!place?.feature.statusField) throw new Error(`${id} has lost its Status`);
  const { start, end } = place.feature.statusField;
  return { start: place.start + start, end: place.start + end };
}

it(`R-327 ${edits} random edits change no byte outside of the field, and each can be undone`, () => {
  const random = mulberry(seed);
  const pick = <Item>(items: readonly Item[]): Item | undefined =>
    items[Math.floor(random() * items.length)];
  const pages = corpus().flatMap((text) => {
    const roadmap = readRoadmap(text, name);
    const ids = roadmap.issues.flatMap((issue) => issue?.id ?? []);
    return ids.length === 0 ? [] : [{ text, roadmap, ids }];
  });
  let written = 0;
  for (let tried = 0; written < edits; tried += 1) {
    const [page, to] = [pick(pages), pick(states)];
    const id = pick(page?.ids ?? []);
    if (tried > edits * 3 || page === undefined || to === undefined || id === undefined) break;
    const { text, roadmap } = page;
    const reread = (next: string): typeof roadmap => readRoadmap(next, name, roadmap);
    const order = { from: null, to, key: `${tried}` };
    const plan = planTransition({ roadmap, text, reread }, id, order);
    if (plan.kind === "answer") continue;
    written += 1;
    const where = `seed ${seed}, edit ${tried}, ${id} to ${to}`;
    const before = Buffer.from(text);
    const { start, end } = difference(before, Buffer.from(plan.text));
    const lineStart = before.lastIndexOf("\n", Math.max(start - 1, 0)) + 1;
    const touched = before.subarray(lineStart, end).toString();
    // Told by the text alone, not by what the reader makes of it: one field, and that a Status.
    const isOneField =
      /^\s*[-*+]\s+\*\*Status:?\*\*:?/i.test(touched) &&
      touched.match(/\*\*\w[^*\n]*\*\*/g)?.length === 1;
    if (!isOneField) throw new Error(`${where}: changed ${JSON.stringify(touched)}`);
    expect(issueOf(plan.next, id)?.state.toLowerCase(), where).toBe(to.toLowerCase());
    const field = statusOf(readRoadmap(plan.text, name), id);
    const undone = replaceSpan(plan.text, field, textOf(text, statusOf(roadmap, id)));
    if (undone !== text) throw new Error(`${where}: undone, it is ${JSON.stringify(undone)}`);
  }
  expect(written).toBe(edits);
}, 120_000);

/** Mulberry32: a small generator of numbers from 0 to 1, always the same for a seed. */
function mulberry(start: number): () => number {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
