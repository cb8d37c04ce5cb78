import { parse, validate, validateSchema } from "graphql";
import { LinearDocument } from "@linear/sdk";
import { expect, it } from "vitest";
import { queryComplexity } from "./__fixtures__/query-complexity.ts";
import { readSdkSchema } from "./__fixtures__/sdk-schema.ts";
import * as documents from "./documents.ts";

it("the schema that the SDK declares is whole: all of the SDK's own documents fit it, and ours", async () => {
  const schema = await readSdkSchema();
  expect(validateSchema(schema)).toEqual([]);
  // As records of anything: the union of all their types is beyond the compiler.
  const exported: Readonly<Record<string, unknown>> = LinearDocument;
  const own = Object.keys(exported)
    .filter((name) => name.endsWith("Document"))
    .map((name) => String(exported[name]));
  expect(own).toHaveLength(674);
  for (const text of [...own, ...Object.values(documents)]) {
    expect(validate(schema, parse(text)), text).toEqual([]);
  }
  expect(validate(schema, parse("{ viewer { id secret } }"))).toHaveLength(1);
});

it("no request costs much more than half of what Linear allows for one, and a poll a tenth", async () => {
  const schema = await readSdkSchema();
  const costOf = (text: string, first: number): number =>
    queryComplexity(schema, parse(text), { first, byTeam: true, byProject: true });
  for (const [name, text] of Object.entries(documents)) {
    expect(costOf(text, 50), name).toBeLessThan(5100);
  }
  expect(costOf(documents.changedIssuesDocument, 10)).toBeLessThan(1100);
});
