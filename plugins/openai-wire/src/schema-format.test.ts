import assert from "node:assert/strict";
import { test } from "node:test";
import { Fields } from "@agproxy/core";
import { schemaFormat } from "./schema-format.ts";

const read = (format: object) => schemaFormat(Fields.of(format, "text.format"));

test("a schema, with all that is said of it", () => {
  const schema = { type: "object", properties: { a: { type: "string" } } };
  const said = { name: "person", description: "Somebody.", schema, strict: true };
  assert.deepEqual(read({ type: "json_schema", ...said }), { type: "json", ...said });
});

test("what is absent or null is left out", () => {
  const nothing = { name: null, description: null, schema: null, strict: null };
  for (const format of [{}, nothing]) assert.deepEqual(read(format), { type: "json" });
});

test("a field of another type is refused by its path", () => {
  for (const [key, value] of Object.entries({ name: 1, schema: [], strict: "yes" })) {
    assert.throws(() => read({ [key]: value }), {
      code: "invalid_request",
      param: `text.format.${key}`,
    });
  }
});
