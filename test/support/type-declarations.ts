import { glob, readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Comment, type Node, parseSync, type TSInterfaceHeritage } from "oxc-parser";
import { repository } from "./repository.ts";

/** A text that stands before something in a source, as its doc comment. */
export interface Documentation {
  readonly text: string;
  /** The code after `@example`. */
  readonly example: string | undefined;
}

/** An exported type of core. */
export interface TypeDeclaration {
  readonly name: string;
  /** From the repository's root. */
  readonly path: string;
  readonly documentation: Documentation;
  /** As it stands in the source, without the examples in it. */
  readonly source: string;
  /** The names of the types that it is made of. */
  readonly names: ReadonlySet<string>;
  /** Its own, without those of the types that it extends. */
  readonly members: readonly TypeMember[];
  readonly extended: readonly string[];
}

export interface TypeMember {
  readonly name: string;
  /** Without `readonly` and the semicolon. */
  readonly signature: string;
  readonly documentation: Documentation;
}

/** The exported interfaces, aliases and classes of core, by their names. */
export async function typeDeclarations(): Promise<ReadonlyMap<string, TypeDeclaration>> {
  const paths = await Array.fromAsync(glob("core/src/**/*.ts", { cwd: repository }));
  const found = new Map<string, TypeDeclaration>();
  for (const path of paths.filter((path) => !path.endsWith(".test.ts")).toSorted()) {
    for (const declaration of await declarationsIn(path)) found.set(declaration.name, declaration);
  }
  return found;
}

async function declarationsIn(path: string): Promise<readonly TypeDeclaration[]> {
  const source = await readFile(join(repository, path), "utf8");
  const { program, comments, errors } = parseSync(path, source);
  if (errors.length > 0) throw new Error(`${path}: ${errors[0]?.message}`);
  const documentation = (start: number) => documentationBefore(source, comments, start);
  return program.body.flatMap((statement) => {
    if (statement.type !== "ExportNamedDeclaration" || statement.declaration === null) return [];
    const { declaration } = statement;
    const isType =
      declaration.type === "TSInterfaceDeclaration" ||
      declaration.type === "TSTypeAliasDeclaration" ||
      declaration.type === "ClassDeclaration";
    if (!isType || declaration.id === null) return [];
    const body = declaration.type === "TSInterfaceDeclaration" ? declaration.body.body : [];
    const members = body.flatMap((member) => {
      const isNamed = member.type === "TSPropertySignature" || member.type === "TSMethodSignature";
      if (!isNamed || member.key.type !== "Identifier") return [];
      const signature = source.slice(member.start, member.end).replace(/^readonly |;$/g, "");
      return [
        {
          name: member.key.name,
          signature: signature.replaceAll(/\s+/g, " ").replace(/;$/, ""),
          documentation: documentation(member.start),
        },
      ];
    });
    const text = source.slice(declaration.start, declaration.end);
    return [
      {
        name: declaration.id.name,
        path,
        documentation: documentation(statement.start),
        source: withoutExamples(text),
        names: typeNames(declaration),
        extended:
          declaration.type === "TSInterfaceDeclaration" ? declaration.extends.map(heritage) : [],
        members,
      },
    ];
  });
}

function heritage({ expression }: TSInterfaceHeritage): string {
  return expression.type === "Identifier" ? expression.name : "";
}

const nothing: Documentation = { text: "", example: undefined };

/** The doc comment that ends where something begins. */
function documentationBefore(
  source: string,
  comments: readonly Comment[],
  start: number,
): Documentation {
  const comment = comments.findLast(({ end }) => end <= start);
  if (comment === undefined || source.slice(comment.end, start).trim() !== "") return nothing;
  const lines = comment.value.split("\n").map((line) => line.replace(/^\s*\*+ ?/, ""));
  const [text = "", example] = lines.join("\n").split("@example");
  return { text: text.trim(), example: example?.trim() };
}

function withoutExamples(source: string): string {
  return source.replaceAll(/\n *\*\n *\* @example(?:(?!\*\/)[^])*(?=\n *\*\/)/g, "");
}

/** The names of all types below a node of the syntax tree. */
function typeNames(node: Node): ReadonlySet<string> {
  const names = new Set<string>();
  JSON.stringify(node, (_, value: unknown) => {
    if (isReference(value)) names.add((value.typeName ?? value.expression)?.name ?? "");
    return value;
  });
  return names;
}

interface Reference {
  readonly typeName?: { readonly name?: string };
  readonly expression?: { readonly name?: string };
}

function isReference(value: unknown): value is Reference {
  if (typeof value !== "object" || value === null || !("type" in value)) return false;
  return value.type === "TSTypeReference" || value.type === "TSInterfaceHeritage";
}
