/**
 * The promise: no field, parameter, header or path of any type makes the gateway fail. Whatever is sent to any route of the
 * default config, the answer is a good one, a refusal that is the client's to mend, or a documented failure of the upstream.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { Agent, request, type IncomingMessage } from "node:http";
import { after, before, test } from "node:test";
import { inspect } from "node:util";
import { mediaFetch } from "@agproxy/plugin-media-fetch";
import { sandbox } from "@agproxy/plugin-sandbox";
import * as fc from "fast-check";
import type { Log } from "agproxy";
import { loadConfig } from "../../core/src/config/config.ts";
import { createGateway } from "../../core/src/server/gateway.ts";
import { RunningGateway } from "../../core/src/server/running-gateway.ts";
import type { Body, CoveredRoute } from "../api-fields/covered-route.ts";
import { coveredRoutes } from "../api-fields/fields.ts";
import {
  hostileNames,
  hostileObjects,
  hostileTexts,
  hostileValues,
} from "../support/hostile-values.ts";
import { at } from "../support/json-path.ts";
import { changed, places } from "../support/mutations.ts";
import { repository } from "../support/repository.ts";
import { richRequests } from "../support/rich-requests.ts";

const seed = Number(process.env["AGPROXY_FUZZ_SEED"] ?? 17);
const runs = Number(process.env["AGPROXY_FUZZ_RUNS"] ?? 150);

const faults: string[] = [];
let gateway: RunningGateway;
let url = "";
const agent = new Agent({ keepAlive: true, maxSockets: 8 });

before(async () => {
  const { plugins, server } = await loadConfig({
    directory: repository,
    overrides: { host: "127.0.0.1", port: "0" },
  });
  // The sandbox answers without a pause, and no link leaves this machine.
  const own = new Map([
    ["sandbox", sandbox({ paceMs: 0 })],
    ["media-fetch", mediaFetch({ hosts: ["nobody.invalid"] })],
  ]);
  const applied = await createGateway(
    { ...server, drain: 100 },
    plugins.map((plugin) => own.get(plugin.name) ?? plugin),
    log,
  );
  gateway = new RunningGateway(applied, log);
  url = await gateway.listen();
});
after(async () => {
  agent.destroy();
  await gateway.close("test over");
});

/** A failure of agproxy's own shows in the log, also one that no client is told of. */
const log: Log = {
  debug: () => {},
  info: noteFault,
  warn: noteFault,
  error: (entry: unknown) => void faults.push(inspect(entry)),
};

function noteFault(entry: unknown): void {
  if (/internal_error|plugin_failed/.test(String(at(entry, "error")))) faults.push(inspect(entry));
}

interface Sent {
  readonly method?: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Buffer;
}

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
}

async function send({ method = "GET", path, headers = {}, body }: Sent): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const call = request({
    host: hostname,
    port,
    path,
    method,
    headers: copied(headers),
    agent,
    timeout: 20_000,
  });
  call.on("timeout", () => call.destroy(new Error("no answer in 20 seconds")));
  call.end(body);
  const [response] = (await once(call, "response")) as [IncomingMessage];
  const text = (await response.setEncoding("utf8").toArray()).join("");
  return { status: response.statusCode ?? 0, type: response.headers["content-type"] ?? "", text };
}

function copied(headers: NonNullable<Sent["headers"]>): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      typeof value === "string" ? value : [...value],
    ]),
  );
}

/** What the upstream may be blamed for: `docs/errors.md`. */
const upstreamFailures =
  /^(?:upstream_\w+|account_rejected|malformed_tool_call|model_overloaded|no_account)$/;

async function assertAnswered(sent: Sent): Promise<number> {
  const before = faults.length;
  const { status, type, text } = await send(sent);
  const told = () =>
    `${sent.method} ${sent.path.slice(0, 200)} ${String(sent.body).slice(0, 400)} → ${status} ${text.slice(0, 600)}`;
  assert.deepEqual(faults.slice(before), [], told());
  if (status >= 400 && sent.method !== "HEAD") {
    assert.match(type, /^application\/json/, told());
    const error = at(JSON.parse(text), "error");
    // Google's errors have agproxy's words among the details, and those of its upstream none.
    const own = at(error, "details", 0, "metadata") ?? error;
    const message = at(error, "message");
    const kind = at(own, "type") ?? at(error, "status");
    const code = at(own, "code");
    assert.ok(typeof message === "string" && message !== "" && typeof kind === "string", told());
    assert.ok(status < 500 || upstreamFailures.test(String(code)), told());
  } else if (type.startsWith("application/json")) JSON.parse(text || "null");
  assert.doesNotMatch(text.slice(-2000), /"code":"(?:internal_error|plugin_failed)"/, told());
  return status;
}

async function assertAlive(): Promise<void> {
  const health = await send({ path: "/healthz" });
  assert.equal(health.status, 200);
  const body = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "hello" }] });
  const chat = await send({ method: "POST", path: "/v1/chat/completions", headers: json, body });
  assert.equal(chat.status, 200, chat.text);
  // Those of one test are not the next one's.
  assert.deepEqual(faults.splice(0), []);
}

const json = { "content-type": "application/json" };
const postJson = (path: string, body: unknown) =>
  assertAnswered({ method: "POST", path, headers: json, body: JSON.stringify(body) ?? "" });

const hostile = fc.constantFrom(...hostileValues);
const texts = fc.constantFrom(...hostileTexts);
const names = fc.constantFrom(...hostileNames);
const settings = { seed, numRuns: runs, endOnFailure: true } as const;

/** Every body that the list of fields knows for a route. */
function bodiesOf({ base, fields, path }: CoveredRoute): readonly Body[] {
  const changes = Object.values(fields).map(
    (change) => (Array.isArray(change) ? change[1] : change) as Body,
  );
  const rich =
    richRequests[
      path.replace(/\/(?:compact|input_tokens)$/, "").replace("gemini-2.5-flash:", "any:")
    ];
  return [
    base,
    ...changes.map((change) => ({ ...base, ...change })),
    ...(rich === undefined ? [] : [rich]),
  ];
}

const jsonRoutes = coveredRoutes.filter(({ files }) => files === undefined);
const formRoutes = coveredRoutes.filter(({ files }) => files !== undefined);

for (const route of jsonRoutes) {
  const bodies = bodiesOf(route);
  const keys = [...new Set(bodies.flatMap((body) => Object.keys(body)))];

  test(`every field of POST ${route.path} takes every value`, async () => {
    for (const key of keys) {
      for (const value of hostileObjects)
        await postJson(route.path, { ...route.base, [key]: value });
    }
    await assertAlive();
  });

  test(`any value in any place of POST ${route.path} is answered`, async () => {
    const body = fc.constantFrom(...bodies).chain((whole) =>
      fc.tuple(fc.nat(places(whole) - 1), hostile, fc.boolean()).map(([place, value, stream]) => {
        const other = changed(whole, place, value);
        return place === 0 || !stream ? other : { ...(other as Body), stream: true };
      }),
    );
    await fc.assert(
      fc.asyncProperty(body, async (value) => void (await postJson(route.path, value))),
      settings,
    );
    await assertAlive();
  });

  test(`fields that nobody knows on POST ${route.path} are answered`, async () => {
    const extra = fc.dictionary(fc.oneof(names, fc.string()), hostile, { maxKeys: 4 });
    await fc.assert(
      fc.asyncProperty(extra, async (more) => {
        const fields = Object.entries({ ...route.base, ...more }).map(
          ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`,
        );
        await assertAnswered({
          method: "POST",
          path: route.path,
          headers: json,
          body: `{${fields.join()},"__proto__":{"model":1}}`,
        });
      }),
      { ...settings, numRuns: Math.ceil(runs / 3) },
    );
    await assertAlive();
  });
}

interface FormPart {
  readonly name: string;
  readonly value: string;
  readonly filename?: string;
  readonly type?: string;
}

const boundary = "a-boundary";

/** Written by hand: FormData would mend what is wrong. */
function formBody(parts: readonly FormPart[]): Buffer {
  const written = parts.map(({ name, value, filename, type }) => {
    const file = filename === undefined ? "" : `; filename="${filename}"`;
    const kind = type === undefined ? "" : `\r\nContent-Type: ${type}`;
    return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"${file}${kind}\r\n\r\n${value}\r\n`;
  });
  return Buffer.from(`${written.join("")}--${boundary}--\r\n`);
}

const formHeaders = { "content-type": `multipart/form-data; boundary=${boundary}` };

for (const route of formRoutes) {
  const files = Object.entries(route.files ?? {}).map(([name, file]): FormPart => ({
    name,
    value: "hello",
    filename: file.name,
    type: file.type,
  }));
  const fields = Object.entries(route.base).map(([name, value]): FormPart => ({
    name,
    value: String(value),
  }));
  const good = [...fields, ...files];
  const known = [
    ...new Set([
      ...bodiesOf(route).flatMap((body) => Object.keys(body)),
      ...files.map(({ name }) => name),
    ]),
  ];
  const post = (parts: readonly FormPart[]) =>
    assertAnswered({
      method: "POST",
      path: route.path,
      headers: formHeaders,
      body: formBody(parts),
    });

  test(`every field of the form of POST ${route.path} takes every text`, async () => {
    assert.equal(await post(good), 200);
    for (const name of known) {
      const others = good.filter((part) => part.name !== name);
      for (const value of hostileTexts) await post([...others, { name, value }]);
      // A file where text belongs, text where a file belongs, both, lists, parts of objects, nothing.
      await post([...others, { name, value: "x", filename: "x.bin", type: "application/x" }]);
      await post([...others, { name, value: "x" }, { name, value: "y", filename: "", type: "" }]);
      await post([
        ...others,
        { name: `${name}[]`, value: "x" },
        { name: `${name}[a]`, value: "y" },
      ]);
      await post(others);
    }
    await assertAlive();
  });

  test(`any form to POST ${route.path} is answered`, async () => {
    const part = fc.record(
      {
        name: fc.oneof(fc.constantFrom(...known), names),
        value: texts,
        filename: fc.oneof(texts, fc.constantFrom("a.png", "a.mp3", "a.", ".", "a.toString")),
        type: fc.oneof(
          texts,
          fc.constantFrom("image/png", "audio/mpeg", "constructor/x", "image/", "*/*"),
        ),
      },
      { requiredKeys: ["name", "value"] },
    );
    const form = fc.tuple(fc.subarray(good), fc.array(part, { maxLength: 4 }));
    await fc.assert(
      fc.asyncProperty(form, async ([some, more]) => void (await post([...some, ...more]))),
      settings,
    );
    await assertAlive();
  });

  test(`what is no form on POST ${route.path} is answered`, async () => {
    const whole = formBody(good);
    const types = [
      "multipart/form-data",
      "multipart/form-data; boundary=",
      "multipart/form-data; boundary=b; boundary=c",
      'multipart/form-data; boundary="',
      "multipart/mixed; boundary=a-boundary",
      "application/json",
      "multipart/form-data; boundary=toString; charset=utf-16",
    ];
    for (const type of [...types, formHeaders["content-type"]]) {
      for (const cut of [0, 1, 30, 100, whole.length - 3, whole.length]) {
        await assertAnswered({
          method: "POST",
          path: route.path,
          headers: { "content-type": type },
          body: whole.subarray(0, cut),
        });
      }
    }
    await assertAlive();
  });
}

test("every route is one of these", () => {
  const asked = coveredRoutes.map(({ path }) => `POST ${path}`);
  const served = gateway.current.routes.map(({ method, path }) => `${method} ${path}`);
  assert.deepEqual(
    served.filter((route) => !others.has(route) && !asked.some((path) => fits(route, path))),
    [],
  );
});

/** Whether a path is one of a route's, of which `*name` stands for the rest. */
function fits(route: string, path: string): boolean {
  const [start = "", rest] = route.split("*");
  return rest === undefined ? route === path : path.startsWith(start);
}

/** Routes without a body of fields, below, and Google's under its other names. */
const others: ReadonlySet<string> = new Set([
  "GET /healthz",
  "GET /readyz",
  "GET /v1/models",
  "GET /v1/models/*id",
  "GET /v1/responses/:response_id",
  "DELETE /v1/responses/:response_id",
  "POST /v1/responses/:response_id/cancel",
  "GET /v1/responses/:response_id/input_items",
  "GET /v1/files",
  "GET /v1/files/:file_id",
  "GET /v1/files/:file_id/content",
  "DELETE /v1/files/:file_id",
  "GET /v1beta/models",
  "GET /v1beta/models/*id",
  "POST /v1beta/tunedModels/*call",
  "POST /v1/models/*call",
  "POST /v1/tunedModels/*call",
]);

/** The id of a stored response. */
async function storedId(more: Body): Promise<string> {
  const body = JSON.stringify({ model: "gpt-4o", input: "hello", store: true, ...more });
  const { text } = await send({ method: "POST", path: "/v1/responses", headers: json, body });
  const id = at(JSON.parse(text), "id");
  assert.ok(typeof id === "string", text);
  return id;
}

test("every parameter of a query, in every spelling, is answered", async () => {
  const ids = [await storedId({}), await storedId({ background: true })];
  const paths = ids.flatMap((id) => [`/v1/responses/${id}`, `/v1/responses/${id}/input_items`]);
  const known = [
    "stream",
    "starting_after",
    "include",
    "include[]",
    "limit",
    "order",
    "after",
    "before",
    "include_obfuscation",
  ];
  const encoded = hostileTexts.map((text) =>
    encodeURIComponent(text.toWellFormed().slice(0, 2000)),
  );
  for (const path of paths) {
    for (const name of known) {
      for (const value of encoded) await assertAnswered({ path: `${path}?${name}=${value}` });
      await assertAnswered({ path: `${path}?${name}` });
      await assertAnswered({ path: `${path}?${name}=1&${name}=toString&${name}[toString]=1` });
    }
  }
  const raw = [
    "?",
    "??",
    "?&&",
    "?=",
    "?%",
    "?%zz=%",
    "?%00",
    "?__proto__=1",
    "?a[__proto__]=1",
    `?${"a=1&".repeat(2000)}`,
    "?stream=true&starting_after=-1",
  ];
  for (const path of [
    ...paths,
    ...gateway.current.routes.map((route) => filled(route.path, "x")),
  ]) {
    for (const query of raw) await assertAnswered({ path: path + query });
  }
  await assertAlive();
});

/** A route's path with a text in each of its parameters. */
function filled(path: string, text: string): string {
  return path.replaceAll(/[:*]\w+/g, () => text);
}

test("every parameter of a path is answered, with every method", async () => {
  const segments = [
    "x",
    "%",
    "%00",
    "%2e%2e",
    "%2F",
    "%ff",
    "%E0%A4%A",
    "__proto__",
    "constructor",
    "toString",
    ".",
    "..",
    "a%20b",
    "*",
    ":",
    "x".repeat(4000),
    "%F0%9F%92%A5",
    "a;b",
    "a?b",
    "[]",
    "\\",
  ];
  for (const { path } of gateway.current.routes) {
    for (const method of [
      "GET",
      "HEAD",
      "POST",
      "PUT",
      "PATCH",
      "DELETE",
      "OPTIONS",
      "TRACE",
      "PROPFIND",
    ]) {
      for (const segment of path === filled(path, "") ? ["x"] : segments) {
        await assertAnswered({ method, path: filled(path, segment) });
      }
    }
  }
  for (const path of [
    "//",
    "/%",
    "/..",
    "/v1//models/",
    "*",
    "/v1/v1/models",
    "/\\",
    "/%00",
    `/${"a/".repeat(3000)}`,
  ]) {
    await assertAnswered({ path });
  }
  await assertAlive();
});

const headerTexts = [
  "",
  " ",
  "ÿ\u0080",
  "x".repeat(4000),
  "__proto__",
  "constructor",
  "{}",
  "null",
  "NaN",
  "-1",
  "1e999",
  "%00",
  "a, b;;=,",
  "\t",
  '"',
  "bytes=0-",
  "*",
];
const headerNames = [
  "authorization",
  "x-api-key",
  "x-goog-api-key",
  "accept",
  "accept-encoding",
  "accept-language",
  "content-type",
  "content-encoding",
  "content-language",
  "cookie",
  "expect",
  "from",
  "if-match",
  "if-none-match",
  "if-modified-since",
  "range",
  "origin",
  "referer",
  "te",
  "user-agent",
  "via",
  "host",
  "sec-fetch-site",
  "forwarded",
  "x-forwarded-for",
  "x-forwarded-host",
  "x-http-method-override",
  "x-request-id",
  "idempotency-key",
  "openai-organization",
  "openai-project",
  "openai-beta",
  "x-stainless-timeout",
  "x-stainless-retry-count",
  "session_id",
  "x-client-request-id",
  "conversation_id",
  "access-control-request-method",
  "access-control-request-headers",
  "__proto__",
  "constructor",
  "tostring",
];

test("every header takes every value on every kind of route", async () => {
  const chat = JSON.stringify({ model: "gpt-4o", messages: [{ role: "user", content: "hi" }] });
  for (const name of headerNames) {
    for (const value of headerTexts) {
      await assertAnswered({ path: "/v1/models", headers: { [name]: value } });
      await assertAnswered({
        method: "POST",
        path: "/v1/chat/completions",
        headers: { ...json, [name]: value },
        body: chat,
      });
    }
    await assertAnswered({ path: "/healthz", headers: { [name]: ["a", "b"] } }).catch(
      (thrown: unknown) => {
        // Node's client does not send some names twice.
        if (!/ERR_INVALID|ERR_HTTP/.test(String(at(thrown, "code")))) throw thrown;
      },
    );
  }
  await assertAlive();
});

test("every media type of a body is answered on every route", async () => {
  const types = [
    "",
    "application/json; charset=utf-16",
    "application/json;",
    "APPLICATION/JSON",
    "application/vnd.x+json",
    "multipart/form-data",
    formHeaders["content-type"],
    "text/plain",
    "application/x-www-form-urlencoded",
    "image/png",
    "/",
    "application/json, application/json",
  ];
  const bodies = [
    "",
    "{}",
    "null",
    "[]",
    '"a"',
    "1",
    "\ufeff{}",
    "{",
    "\0",
    formBody([{ name: "model", value: "x" }]),
  ];
  for (const { path, method } of gateway.current.routes) {
    if (method === "GET") continue;
    for (const type of types) {
      for (const body of bodies)
        await assertAnswered({
          method,
          path: filled(path, "x"),
          headers: { "content-type": type },
          body,
        });
    }
  }
  await assertAlive();
});
