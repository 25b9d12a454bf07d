import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { repository } from "./repository.ts";
import { type Documentation, type TypeDeclaration, typeDeclarations } from "./type-declarations.ts";

/** The page about `PluginContext`, made of the types and their comments. */
export async function contextReference(): Promise<string> {
  const types = await typeDeclarations();
  const context = types.get("PluginContext");
  if (context === undefined) throw new Error("core exports no PluginContext");
  const inherited = context.extended.flatMap((name) => types.get(name)?.members ?? []);
  const members = [...context.members, ...inherited].map(({ name, signature, documentation }) =>
    section(`## ${name}`, `\`${signature}\``, documentation),
  );
  const others = reachable(context, types).map(({ name, path, source, documentation }) =>
    [`### ${name}`, documentation.text, code(source), `In \`${path}\`.`]
      .filter(Boolean)
      .join("\n\n"),
  );
  return formatted([head, ...members, "## Types", ...others].join("\n\n"));
}

/** As the formatter would write it. */
function formatted(page: string): string {
  const program = join(repository, "node_modules/.bin/oxfmt");
  return execFileSync(program, ["--stdin-filepath", "docs/plugin-context.md"], {
    cwd: repository,
    input: page,
    encoding: "utf8",
  });
}

const head = `# What \`apply\` gets

The reference of \`PluginContext\`; [hooks.md](hooks.md) has the hooks. It is made of \`core/src/hooks/plugin.ts\` by \`npm run reference\`; change it there. The examples stand inside
\`apply(agproxy)\`, and are type-checked with the sources.`;

function section(title: string, signature: string, { text, example }: Documentation): string {
  return [title, signature, text, example === undefined ? "" : code(example)]
    .filter(Boolean)
    .join("\n\n");
}

function code(text: string): string {
  return `\`\`\`typescript\n${text}\n\`\`\``;
}

/** The types that something is made of, and that those are made of, in the order in which they are named. */
function reachable(
  { names }: TypeDeclaration,
  types: ReadonlyMap<string, TypeDeclaration>,
): readonly TypeDeclaration[] {
  const found = new Set<TypeDeclaration>();
  const waiting = [...names];
  for (const name of waiting) {
    const declaration = types.get(name);
    if (declaration === undefined || found.has(declaration)) continue;
    found.add(declaration);
    for (const more of declaration.names) waiting.push(more);
  }
  return [...found];
}
