/** The promise: no field of OpenAI's, Anthropic's and Google's APIs is dropped in silence, and docs/coverage.md says what becomes of each. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { isObject } from "agproxy";
import { coveredRoutes } from "./api-fields/fields.ts";
import { coveragePage, fieldTables, pageFile } from "./api-fields/page.ts";
import { coverageOf } from "./api-fields/verdict.ts";
import { at, loadDescription } from "./openapi/description.ts";

const description = loadDescription();
const skip = description === undefined ? "../shared/openapi is not beside this checkout" : false;

for (const route of coveredRoutes) {
  test(`no field is dropped in silence: ${route.path}`, async () => {
    const fields = await coverageOf(route);
    const silent = fields.filter(({ verdict, why }) => verdict === "unseen" && why === undefined);
    assert.deepEqual(
      silent.map(({ field }) => field),
      [],
    );
  });

  const { schema } = route;
  if (schema === undefined) continue;
  const missingDescription = typeof schema === "string" ? skip : false;
  test(
    `every field of the description is looked at: ${route.path}`,
    { skip: missingDescription },
    async () => {
      const names =
        typeof schema === "string"
          ? properties(`#/components/schemas/${schema}`)
          : [
              ...(await sdkFields(schema.type, schema.of)),
              ...(await sdkFields(schema.type, `beta/${schema.of}`)),
            ];
      assert.ok(names.length > 0);
      const known = [...Object.keys(route.fields), ...Object.keys(route.unseen ?? {})];
      const missing = names.filter(
        (name) => !known.some((field) => field === name || field.startsWith(`${name}.`)),
      );
      assert.deepEqual(missing, []);
    },
  );
}

/** The names of the fields of a request's type in Anthropic's SDK. */
async function sdkFields(type: string, file: string): Promise<readonly string[]> {
  const types = fileURLToPath(import.meta.resolve(`@anthropic-ai/sdk/resources/${file}`));
  const source = await readFile(types.replace(/\.m?js$/, ".d.ts"), "utf8");
  const start = source.indexOf(`export interface ${type}`);
  assert.ok(start > 0, `${file} has no ${type}`);
  const end = source.indexOf("\n}", start);
  return [...source.slice(start, end).matchAll(/^ {4}(\w+)\??:/gm)].flatMap(
    ([, name]) => name ?? [],
  );
}

/** The names of an object's fields, also of those that it is composed of. */
function properties(pointer: string): readonly string[] {
  const schema = at(description?.spec, pointer);
  if (!isObject(schema)) return [];
  const own = isObject(schema["properties"]) ? Object.keys(schema["properties"]) : [];
  const parts = Array.isArray(schema["allOf"]) ? schema["allOf"] : [];
  const inherited = parts.flatMap((part: unknown, index) => {
    const ref = isObject(part) ? part["$ref"] : undefined;
    return properties(typeof ref === "string" ? ref : `${pointer}/allOf/${index}`);
  });
  return [...new Set([...own, ...inherited])];
}

/** The text without the spaces that align tables. */
function plain(text: string): string {
  return text.replaceAll(/ +/g, " ").replaceAll(/-{2,}/g, "--");
}

test("docs/coverage.md says what is so", async () => {
  const page = await readFile(pageFile, "utf8");
  const expected =
    description === undefined ? await fieldTables() : await coveragePage(description.spec);
  assert.ok(plain(page).includes(plain(expected)), "Run `node test/api-fields/page.ts`.");
});
