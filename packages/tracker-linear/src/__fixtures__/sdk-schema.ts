import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSchema } from "graphql";
import type { GraphQLSchema } from "graphql";
import { parse } from "oxc-parser";
import type { Statement, TSEnumDeclaration, TSType, TSTypeLiteral } from "oxc-parser";

/** Where the pinned SDK keeps its built files. */
export const sdkFolder: string = fileURLToPath(new URL(".", import.meta.resolve("@linear/sdk")));

type Fields = ReadonlyMap<string, { readonly type: TSType; readonly isOptional: boolean }>;

/**
 * The API's schema, rebuilt from the type declarations that the SDK's makers generate from it: the package ships no
 * `.graphql` file. Two things are lost on that way: the casing of names such as `IDComparator`, and defaults of
 * arguments, which show as nullable.
 */
export async function readSdkSchema(): Promise<GraphQLSchema> {
  const names = await readdir(sdkFolder);
  const declarations = names.find((name) => /^index-.*\.d\.mts$/.test(name));
  if (declarations === undefined) throw new Error(`no declarations in ${sdkFolder}`);
  const text = await readFile(join(sdkFolder, declarations), "utf8");
  // The schema's types stand first; what follows are the SDK's own fragments, which are three quarters of the file.
  const { program } = await parse("sdk.d.ts", text.slice(0, text.search(/^type \w+Fragment = /m)), { lang: "dts" });
  return buildSchema(new SchemaText(program.body).text(), { assumeValidSDL: true, noLocation: true });
}

class SchemaText {
  readonly #objects = new Map<string, Fields>();
  readonly #interfaces = new Map<string, readonly string[]>();
  readonly #unions = new Map<string, readonly string[]>();
  readonly #enums = new Map<string, readonly string[]>();
  readonly #arguments: ReadonlyMap<string, Fields>;
  /** Interfaces are object types that other types extend. */
  readonly #extended: ReadonlySet<string>;
  readonly #scalars: string[];

  constructor(statements: readonly Statement[]) {
    for (const statement of statements) this.#read(statement);
    this.#arguments = new Map([...this.#objects].map(([name, fields]) => [name.toLowerCase(), fields]));
    this.#extended = new Set([...this.#interfaces.values()].flat());
    const builtIn = new Set(["ID", "String", "Boolean", "Int", "Float"]);
    this.#scalars = [...this.#fields("Scalars").keys()].filter((name) => !builtIn.has(name));
  }

  text(): string {
    const outputs = this.#reach(["Query", "Mutation"], (name) => this.#isOutput(name));
    const inputs = new Set<string>();
    for (const name of outputs) {
      for (const field of this.#fields(name).keys()) {
        for (const argument of this.#argumentsOf(name, field).values()) {
          for (const used of namesIn(argument.type)) inputs.add(used);
        }
      }
    }
    const reached = this.#reach(inputs, () => true);
    const parts = this.#scalars.map((name) => `scalar ${name}`);
    for (const name of new Set([...outputs, ...reached])) {
      const values = this.#enums.get(name);
      const members = this.#unions.get(name);
      if (values !== undefined) parts.push(`enum ${name} { ${values.join(" ")} }`);
      else if (members !== undefined) parts.push(`union ${name} = ${members.join(" | ")}`);
      else if (this.#objects.has(name)) parts.push(this.#objectText(name, reached.has(name)));
    }
    return parts.join("\n");
  }

  #objectText(name: string, isInput: boolean): string {
    const parents = (this.#interfaces.get(name) ?? []).filter((parent) => this.#isInterface(parent));
    const head = isInput ? "input" : this.#isInterface(name) ? "interface" : "type";
    const implemented = parents.length === 0 ? "" : ` implements ${parents.join(" & ")}`;
    const fields = new Map(parents.flatMap((parent) => [...this.#fields(parent)]));
    for (const [field, entry] of this.#fields(name)) fields.set(field, entry);
    const lines = [...fields].map(([field, { type, isOptional }]) => {
      const given = isInput ? new Map() : this.#argumentsOf(name, field);
      const list = [...given].map(([key, { type: kind }]) => `${key}: ${typeText(kind, false)}`);
      return `  ${field}${list.length === 0 ? "" : `(${list.join(", ")})`}: ${typeText(type, isOptional && isInput)}`;
    });
    return `${head} ${name}${implemented} {\n${lines.join("\n")}\n}`;
  }

  #isInterface(name: string): boolean {
    return this.#extended.has(name);
  }

  #isOutput(name: string): boolean {
    return this.#unions.has(name) || this.#enums.has(name) || this.#objects.has(name);
  }

  /** Every type that can be reached over fields, and those that implement a reached interface. */
  #reach(roots: Iterable<string>, isWanted: (name: string) => boolean): Set<string> {
    const reached = new Set<string>();
    const waiting = [...roots];
    for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
      if (reached.has(name) || !isWanted(name)) continue;
      reached.add(name);
      waiting.push(...(this.#unions.get(name) ?? []), ...(this.#interfaces.get(name) ?? []));
      for (const [child, parents] of this.#interfaces) if (parents.includes(name)) waiting.push(child);
      for (const { type } of this.#fields(name).values()) waiting.push(...namesIn(type));
    }
    return reached;
  }

  /** The generator changes the casing of names: `attachmentLinkURL` has `MutationAttachmentLinkUrlArgs`. */
  #argumentsOf(type: string, field: string): Fields {
    return this.#arguments.get(`${type}${field}args`.toLowerCase()) ?? new Map();
  }

  #fields(name: string): Fields {
    return this.#objects.get(name) ?? new Map();
  }

  #read(statement: Statement): void {
    if (statement.type === "TSEnumDeclaration") this.#enums.set(statement.id.name, valuesOf(statement));
    if (statement.type !== "TSTypeAliasDeclaration" || statement.typeParameters != null) return;
    const { name } = statement.id;
    if (this.#objects.has(name) || this.#unions.has(name)) return;
    const { typeAnnotation } = statement;
    if (typeAnnotation.type === "TSTypeLiteral") this.#objects.set(name, fieldsOf(typeAnnotation));
    else if (typeAnnotation.type === "TSIntersectionType") {
      const literal = typeAnnotation.types.find((part) => part.type === "TSTypeLiteral");
      if (literal === undefined) return;
      this.#objects.set(name, fieldsOf(literal));
      this.#interfaces.set(name, typeAnnotation.types.flatMap((part) => [...namesIn(part)].slice(0, part === literal ? 0 : 1)));
    } else if (typeAnnotation.type === "TSUnionType") {
      const members = typeAnnotation.types.flatMap((part) => [...namesIn(part)]);
      if (members.length === typeAnnotation.types.length) this.#unions.set(name, members);
    } else if (typeAnnotation.type === "TSTypeReference") {
      const members = [...namesIn(typeAnnotation)];
      if (members.length === 1) this.#unions.set(name, members);
    }
  }
}

function fieldsOf(literal: TSTypeLiteral): Fields {
  return new Map(
    literal.members.flatMap((member) => {
      if (member.type !== "TSPropertySignature" || member.typeAnnotation == null) return [];
      if (member.key.type !== "Identifier" || member.key.name === "__typename") return [];
      const type = member.typeAnnotation.typeAnnotation;
      return [[member.key.name, { type, isOptional: member.optional }] as const];
    }),
  );
}

function valuesOf({ body }: TSEnumDeclaration): readonly string[] {
  return body.members.flatMap(({ initializer }) =>
    initializer?.type === "Literal" && typeof initializer.value === "string" ? [initializer.value] : [],
  );
}

const wrappers = new Set(["Maybe", "InputMaybe", "Array"]);

function typeText(type: TSType, isNullable: boolean): string {
  const suffix = isNullable ? "" : "!";
  if (type.type === "TSIndexedAccessType") {
    const key = type.indexType;
    if (key.type === "TSLiteralType" && key.literal.type === "Literal") return `${key.literal.value}${suffix}`;
  }
  if (type.type === "TSTypeReference" && type.typeName.type === "Identifier") {
    const { name } = type.typeName;
    const inner = type.typeArguments?.params[0];
    if (inner === undefined || !wrappers.has(name)) return `${name}${suffix}`;
    return name === "Array" ? `[${typeText(inner, false)}]${suffix}` : typeText(inner, true);
  }
  throw new Error(`the SDK declares a field in a form that is not known here: ${type.type}`);
}

/** Names of the types that a declaration refers to; scalars are none. */
function namesIn(type: TSType): ReadonlySet<string> {
  if (type.type !== "TSTypeReference" || type.typeName.type !== "Identifier") return new Set();
  const { name } = type.typeName;
  const inner = type.typeArguments?.params[0];
  return inner === undefined || !wrappers.has(name) ? new Set([name]) : namesIn(inner);
}
