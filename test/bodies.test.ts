/**
 * The promise: whatever arrives, the client gets an answer that says what is wrong with it, in JSON; and no
 * spelling of a path gets around the key.
 */
import assert from "node:assert/strict";
import { once } from "node:events";
import { request } from "node:http";
import { test } from "node:test";
import { auth } from "@agproxy/plugin-auth";
import { geminiNative } from "@agproxy/plugin-gemini-native";
import { guard } from "@agproxy/plugin-guard";
import { anthropic } from "@agproxy/plugin-anthropic";
import { openai } from "@agproxy/plugin-openai";
import { responses } from "@agproxy/plugin-responses";
import type { Plugin, ServerSettings } from "agproxy";
import { scriptedUpstream, startGateway, type TestGateway, textAnswer } from "agproxy/testing";
import { ask, chatCases, chatRoutes, goodText, wireError } from "./support/chat-routes.ts";
import { answerWell, geminiServer } from "./support/gemini-server.ts";
import { at } from "./support/json-path.ts";
import { poolGateway } from "./support/pool-gateway.ts";
import { connection, type RawAnswer, rawAnswer, readAnswer } from "./support/raw-answer.ts";

const patience = () => AbortSignal.timeout(30_000);

function start(
  options: Partial<ServerSettings> & { readonly plugins?: readonly Plugin[] } = {},
): Promise<TestGateway> {
  const { plugins = [guard()], ...server } = options;
  const upstream = scriptedUpstream(() => textAnswer("an answer"));
  return startGateway({
    ...server,
    plugins: [...plugins, openai(), responses(), anthropic(), geminiNative(), upstream.plugin],
  });
}

interface Sent {
  readonly body?: string | ReadableStream<Uint8Array>;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function send(
  gateway: TestGateway,
  path: string,
  { body, method, headers }: Sent,
): Promise<Response> {
  return fetch(gateway.url + path, {
    method: method ?? "POST",
    headers: { "Content-Type": "application/json", ...headers },
    signal: patience(),
    ...(body === undefined ? {} : { body, duplex: "half" }),
  });
}

/** A request for a path exactly as written: `fetch` would tidy it. */
function rawGet(gateway: TestGateway, path: string, method = "GET"): Promise<RawAnswer> {
  const { host } = new URL(gateway.url);
  return rawAnswer(
    gateway,
    `${method} ${path} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
  );
}

for (const route of chatRoutes) {
  const { path } = route;
  const good = route.body("hello", false);

  test(`what is not JSON is a 400: ${path}`, async () => {
    await using gateway = await start();
    for (const body of ["{", "nonsense", "{'a':1}", '{"a":}', "\u0000", '{"model":"m"} trailing']) {
      const response = await send(gateway, path, { body });
      assert.equal(response.status, 400, body);
      const error = await wireError(response);
      assert.equal(error.code, "invalid_json", body);
    }
  });

  test(`an error quotes nothing of a broken body: ${path}`, async () => {
    await using gateway = await start();
    for (const body of ['{"messages":"my secret" oops', "secret", '{"a": secret, "b": oops}']) {
      const response = await send(gateway, path, { body });
      assert.doesNotMatch((await wireError(response)).message, /secret|oops/);
    }
    assert.doesNotMatch(JSON.stringify(gateway.log), /secret|oops/);
  });

  test(`no body at all is a 400 that says so: ${path}`, async () => {
    await using gateway = await start();
    const response = await send(gateway, path, {});
    assert.equal(response.status, 400);
    const error = await wireError(response);
    assert.equal(error.code, "invalid_json");
    assert.match(error.message, /empty/);
  });

  test(`JSON that is no object is a 400: ${path}`, async () => {
    await using gateway = await start();
    for (const body of ["null", "[]", "1", '"text"', "true"]) {
      const response = await send(gateway, path, { body });
      assert.equal(response.status, 400, body);
      assert.equal((await wireError(response)).code, "invalid_request", body);
    }
  });

  test(`another content type is a 415: ${path}`, async () => {
    await using gateway = await start();
    const types = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""];
    for (const type of types) {
      const body = JSON.stringify(good);
      const response = await send(gateway, path, { body, headers: { "Content-Type": type } });
      assert.equal(response.status, 415, type);
      assert.equal((await wireError(response)).code, "unsupported_media_type");
    }
    for (const type of [
      "application/json; charset=utf-8",
      "Application/JSON",
      "application/x+json",
    ]) {
      const body = JSON.stringify(good);
      const response = await send(gateway, path, { body, headers: { "Content-Type": type } });
      assert.equal(response.status, 200, type);
      await response.text();
    }
  });

  test(`a compressed body is a 415 that says how to send it: ${path}`, async () => {
    await using gateway = await start();
    for (const encoding of ["gzip", "br", "zstd", "deflate"]) {
      const headers = { "Content-Encoding": encoding };
      const response = await send(gateway, path, { body: "x", headers });
      assert.equal(response.status, 415);
      assert.match((await wireError(response)).message, /Content-Encoding/);
    }
    const plain = { "Content-Encoding": "identity" };
    const response = await send(gateway, path, { body: JSON.stringify(good), headers: plain });
    assert.equal(response.status, 200);
    await response.text();
  });

  test(`a body of 20 MB is read whole: ${path}`, async () => {
    await using gateway = await start();
    const prompt = "é".repeat(10 * 2 ** 20);
    const one = { route, stream: false };
    assert.equal(await goodText(one, await ask(gateway, one, { prompt })), "an answer");
  });

  test(`10,000 levels of nesting break nothing: ${path}`, async () => {
    await using gateway = await start();
    const arrays = "[".repeat(10_000) + "]".repeat(10_000);
    const objects = `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`;
    const bodies = [
      arrays,
      objects,
      `${JSON.stringify(good).slice(0, -1)},"unknown":${arrays}}`,
      `${JSON.stringify(good).slice(0, -1)},"metadata":${objects}}`,
      `{"model":"m","messages":${arrays},"prompt":${arrays},"input":${arrays}}`,
      `${JSON.stringify(good).slice(0, -1)},"tools":[{"type":"function","name":"f","parameters":${objects},"function":{"name":"f","parameters":${objects}}}]}`,
    ];
    for (const [index, body] of bodies.entries()) {
      const response = await send(gateway, path, { body });
      assert.ok([200, 400].includes(response.status), `body ${index}: ${response.status}`);
      if (response.status === 400) await wireError(response);
      else await response.text();
    }
    const one = { route, stream: false };
    assert.equal(await goodText(one, await ask(gateway, one)), "an answer");
  });
}

const deepObjects = `${'{"a":'.repeat(10_000)}1${"}".repeat(10_000)}`;

/** Places that the translation to the upstream looks into. */
const deepPlaces: Readonly<Record<string, string>> = {
  "a tool's schema": `"messages":[{"role":"user","content":"hi"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"x":${deepObjects}}}}}]`,
  "the output schema": `"messages":[{"role":"user","content":"hi"}],"response_format":{"type":"json_schema","json_schema":{"name":"s","schema":${deepObjects}}}`,
  "an unknown part": `"messages":[{"role":"user","content":[{"type":"unheard-of","x":${deepObjects}}]}]`,
  "a call's arguments": `"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":${JSON.stringify(deepObjects)}}}]},{"role":"tool","tool_call_id":"c","content":"ok"}]`,
  "a call's result": `"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":${JSON.stringify(deepObjects)}}]`,
  "vendor fields": `"messages":[{"role":"user","content":"hi"}],"extra_body":{"google":${deepObjects}}`,
};

for (const [place, fields] of Object.entries(deepPlaces)) {
  test(`10,000 levels of nesting on the way to the upstream: ${place}`, async () => {
    await using server = await geminiServer(answerWell);
    await using gateway = await poolGateway(server.url);
    const response = await send(gateway, "/v1/chat/completions", {
      body: `{"model":"m",${fields}}`,
    });
    const text = await response.text();
    assert.ok([200, 400].includes(response.status), text);
  });
}

/** Per route: what is of a wrong type, and the name the error must give. */
const wrongTypes: Readonly<Record<string, readonly (readonly [more: object, param: string])[]>> = {
  "/v1/chat/completions": [
    [{ model: 1 }, "model"],
    [{ messages: "hi" }, "messages"],
    [{ messages: [1] }, "messages[0]"],
    [{ messages: [{ role: "user", content: 5 }] }, "messages[0].content"],
    [{ messages: [{ role: 5, content: "hi" }] }, "messages[0].role"],
    [{ stream: "yes" }, "stream"],
    [{ temperature: "hot" }, "temperature"],
    [{ max_tokens: "many" }, "max_tokens"],
    [{ tools: "all" }, "tools"],
    [{ tools: [{ type: "function", function: { name: 5 } }] }, "tools[0].function.name"],
    [{ stop: 5 }, "stop"],
    [{ n: "two" }, "n"],
    [{ response_format: "json" }, "response_format"],
    [{ reasoning_effort: "extreme" }, "reasoning_effort"],
  ],
  "/v1/completions": [
    [{ model: 1 }, "model"],
    [{ prompt: 5 }, "prompt"],
    [{ stream: "yes" }, "stream"],
    [{ max_tokens: "many" }, "max_tokens"],
  ],
  "/v1/responses": [
    [{ model: 1 }, "model"],
    [{ input: 5 }, "input"],
    [{ input: [5] }, "input[0]"],
    [{ instructions: 5 }, "instructions"],
    [{ stream: "yes" }, "stream"],
    [{ temperature: "hot" }, "temperature"],
    [{ max_output_tokens: "many" }, "max_output_tokens"],
    [{ tools: "all" }, "tools"],
    [{ reasoning: { effort: "extreme" } }, "reasoning.effort"],
  ],
};

/** What clients were seen to send along, and what they may send tomorrow. */
const harmless: readonly object[] = [
  { tomorrow: { nested: [1, null, {}] }, "": 1, __proto__: 1, constructor: "x" },
  { temperature: null, top_p: null, tools: null, tool_choice: null, metadata: null, user: null },
  { stream: null, stop: null, seed: null, include: null, truncation: null, text: null },
  { response_format: null, reasoning: null, reasoning_effort: null, max_tokens: null },
  { tools: [], metadata: {}, text: {}, reasoning: {}, include: [], user: "", stop: [] },
  { previous_response_id: null, instructions: null, max_output_tokens: null, store: null },
  { prompt_cache_key: "k", client_metadata: { a: "b" }, parallel_tool_calls: null, n: null },
];

for (const route of chatRoutes) {
  test(`a wrong type is a 400 that names the field: ${route.path}`, async () => {
    await using gateway = await start();
    const good = route.body("hello", false);
    for (const [more, param] of wrongTypes[route.path] ?? []) {
      const response = await send(gateway, route.path, {
        body: JSON.stringify({ ...good, ...more }),
      });
      assert.equal(response.status, 400, JSON.stringify(more));
      const error = await wireError(response);
      assert.equal(error.code, "invalid_request", JSON.stringify(more));
      assert.equal(error.param, param);
    }
  });
}

for (const { title, ...one } of chatCases) {
  test(`unknown fields, nulls and empty objects fail nothing: ${title}`, async () => {
    await using gateway = await start();
    for (const more of harmless) {
      const stream = { stream: one.stream };
      const response = await ask(gateway, one, { more: { ...more, ...stream } });
      assert.equal(await goodText(one, response), "an answer", JSON.stringify(more));
    }
  });
}

const limit = 64 * 1024;

/** Bodies above the limit, by how their length is told. */
for (const size of [limit + 1, 8 * 2 ** 20]) {
  for (const { path } of chatRoutes) {
    test(`${size} bytes where ${limit} are allowed: a 413 and no broken connection: ${path}`, async () => {
      await using gateway = await start({ bodyLimit: limit });
      const declared = await send(gateway, path, { body: "x".repeat(size) });
      assert.equal(declared.status, 413);
      assert.equal((await wireError(declared)).code, "body_too_large");

      let left = size;
      const stream = new ReadableStream<Uint8Array>({
        pull(controller) {
          const piece = Math.min(left, 16 * 1024);
          left -= piece;
          controller.enqueue(new Uint8Array(piece).fill(32));
          if (left === 0) controller.close();
        },
      });
      const chunked = await send(gateway, path, { body: stream });
      assert.equal(chunked.status, 413);
      assert.equal((await wireError(chunked)).code, "body_too_large");
    });
  }
}

test("a client that writes all of its large body before it reads gets the 413 too", async () => {
  await using gateway = await start({ bodyLimit: limit });
  // Many times: what breaks here depends on who is faster.
  for (let turn = 0; turn < 20; turn += 1) {
    const call = request(`${gateway.url}/v1/chat/completions`, {
      method: "POST",
      agent: false,
      headers: { "Content-Type": "application/json", "Content-Length": 16 * 2 ** 20 },
    });
    const answered = once(call, "response", { signal: patience() });
    for (let sent = 0; sent < 16; sent += 1) {
      if (!call.write("x".repeat(2 ** 20)) && !call.destroyed) {
        await Promise.race([once(call, "drain"), answered]);
      }
    }
    call.end();
    const [response] = await answered;
    assert.equal(response.statusCode, 413);
    let text = "";
    for await (const bytes of response) text += String(bytes);
    assert.equal(at(JSON.parse(text), "error", "code"), "body_too_large");
  }
});

/** Sends all it has, and only then looks for an answer: what plain socket and Python programs do. */
async function sendThenRead(gateway: TestGateway, head: string, body: string): Promise<string> {
  const { host } = new URL(gateway.url);
  const socket = connection(gateway);
  socket.pause();
  const bytes = `POST /v1/chat/completions HTTP/1.1\r\nHost: ${host}\r\n${head}\r\n${body}`;
  await new Promise<void>((resolve, reject) => {
    socket.once("error", reject);
    socket.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
  return readAnswer(socket);
}

const large = "x".repeat(20 * 2 ** 20);
const json = "Content-Type: application/json\r\n";
const lateReaders = [
  {
    title: "413, length declared",
    head: `${json}Content-Length: ${large.length}\r\n`,
    status: 413,
  },
  {
    title: "413, chunked",
    head: `${json}Transfer-Encoding: chunked\r\n`,
    body: `${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`,
    status: 413,
  },
  {
    title: "415",
    head: `Content-Type: text/plain\r\nContent-Length: ${large.length}\r\n`,
    status: 415,
  },
  {
    title: "401",
    head: `${json}X-Api-Key: wrong\r\nContent-Length: ${large.length}\r\n`,
    status: 401,
    mode: "strict",
  },
] as const;

for (const { title, head, status, ...more } of lateReaders) {
  test(`a client that reads only after it has sent 20 MB gets its ${title}`, async () => {
    const mode = "mode" in more ? more.mode : "off";
    const plugins = [guard(), auth({ mode, keys: "a-key-that-is-long-enough" })];
    await using gateway = await start({ bodyLimit: limit, plugins });
    const answer = await sendThenRead(gateway, head, "body" in more ? more.body : large);
    assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
    assert.match(answer, /"error":\{"message":/);
  });
}

test("a body at the limit passes", async () => {
  const body = JSON.stringify(chatRoutes[0]?.body("hello", false));
  await using gateway = await start({ bodyLimit: Buffer.byteLength(body) });
  const response = await send(gateway, "/v1/chat/completions", { body });
  assert.equal(response.status, 200);
  await response.text();
});

test("the connection serves on after every kind of refusal", async () => {
  await using gateway = await start({ bodyLimit: limit });
  for (let turn = 0; turn < 5; turn += 1) {
    for (const body of ["{", "x".repeat(limit + 1), "null"]) {
      await (await send(gateway, "/v1/chat/completions", { body })).text();
      const health = await fetch(`${gateway.url}/healthz`, { signal: patience() });
      assert.equal(health.status, 200);
      await health.text();
    }
  }
});

test("a wrong path is a 404 that names the base URL", async () => {
  await using gateway = await start();
  const paths = [
    "/v1/chat/completions/responses",
    "/v1/embeddings-or-so",
    "/chat",
    "/api/v2/chat/completions",
    "/",
    "/v1",
  ];
  for (const path of paths) {
    const response = await send(gateway, path, { body: "{}" });
    assert.equal(response.status, 404, path);
    const error = await wireError(response);
    assert.equal(error.code, "route_not_found", path);
    assert.ok(error.message.includes(`${gateway.url}/v1`), error.message);
  }
});

test("a path whose meaning is plain is served", async () => {
  await using gateway = await start();
  for (const route of chatRoutes) {
    const [, version = "", short = ""] = /^(\/v1[a-z]*)(.+)$/.exec(route.path) ?? [];
    const spellings = [
      `/v1${route.path}`,
      `${route.path}/`,
      `/${route.path}`,
      `${version}/${short}`,
      // Clients of the others leave the version to the base URL.
      ...(version === "/v1" ? [short] : []),
    ];
    for (const path of spellings) {
      const body = JSON.stringify(route.body("hello", false));
      const { host } = new URL(gateway.url);
      const answer = await rawAnswer(
        gateway,
        `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n` +
          `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
      );
      assert.equal(answer.status, 200, path);
      assert.equal(route.text(JSON.parse(answer.body)), "an answer", path);
    }
  }
  for (const path of ["/models", "/v1/v1/models", "/v1/models/", "/v1//models"]) {
    assert.equal((await rawGet(gateway, path)).status, 200, path);
  }
});

test("a wrong method is a 405 with Allow", async () => {
  await using gateway = await start();
  const cases = [
    ...chatRoutes
      // There, GET asks for a model.
      .filter(({ path }) => !path.includes("/models/"))
      .map(({ path }) => [path, "GET", "POST"] as const),
    ["/v1/models", "POST", "GET"],
    ["/healthz", "DELETE", "GET"],
    ["/v1/chat/completions", "PUT", "POST"],
    ["/v1/chat/completions", "PATCH", "POST"],
    ["/v1/models/some-model", "POST", "GET"],
  ] as const;
  for (const [path, method, allowed] of cases) {
    const response = await send(gateway, path, { method });
    assert.equal(response.status, 405, `${method} ${path}`);
    assert.ok(response.headers.get("allow")?.split(", ").includes(allowed), `${method} ${path}`);
    assert.equal((await wireError(response)).code, "method_not_allowed");
  }
});

test("HEAD is answered as GET without the body, OPTIONS with nothing", async () => {
  await using gateway = await start();
  for (const path of ["/healthz", "/v1/models"]) {
    const head = await rawGet(gateway, path, "HEAD");
    assert.equal(head.status, 200, path);
    assert.equal(head.body, "");
  }
  const missing = await rawGet(gateway, "/nothing", "HEAD");
  assert.equal(missing.status, 404);
  assert.equal(missing.body, "");
  for (const path of ["/v1/models", "/v1/chat/completions", "/nothing", "*"]) {
    const options = await rawGet(gateway, path, "OPTIONS");
    assert.equal(options.status, 204, path);
    assert.doesNotMatch(options.head, /access-control/i);
  }
});

test("pages of other hosts and origins are refused before their body is read", async () => {
  await using gateway = await start();
  const { host, port } = new URL(gateway.url);
  const body = '{"model":"m","messages":[{"role":"user","content":"hi"}]}';
  const post = (headers: string) =>
    rawAnswer(
      gateway,
      `POST /v1/chat/completions HTTP/1.1\r\n${headers}Content-Type: application/json\r\n` +
        `Content-Length: ${body.length}\r\nConnection: close\r\n\r\n${body}`,
    );
  const refusals = [
    [`Host: evil.example:${port}\r\n`, 403, "host_not_allowed"],
    [`Host: 127.0.0.1.evil.example\r\n`, 403, "host_not_allowed"],
    [`Host: ${host}\r\nOrigin: https://evil.example\r\n`, 403, "origin_not_allowed"],
    [`Host: ${host}\r\nOrigin: null\r\n`, 403, "origin_not_allowed"],
    [`Host: ${host}\r\nSec-Fetch-Site: cross-site\r\n`, 403, "origin_not_allowed"],
  ] as const;
  for (const [headers, status, code] of refusals) {
    const answer = await post(headers);
    assert.equal(answer.status, status, headers);
    assert.equal(at(JSON.parse(answer.body), "error", "code"), code);
    assert.doesNotMatch(answer.head, /access-control-allow-origin/i);
  }
  for (const name of [`localhost:${port}`, host, `[::1]:${port}`]) {
    assert.equal((await post(`Host: ${name}\r\n`)).status, 200, name);
  }
  assert.equal((await post(`Host: ${host}\r\nOrigin: http://${host}\r\n`)).status, 200);
});

const tricks = [
  "/healthz/../v1/models",
  "/healthz/%2e%2e/v1/models",
  "/healthz/..%2fv1/models",
  "/healthz%2f..%2fv1%2fmodels",
  "/healthz/./../v1/models",
  "/healthz;/../v1/models",
  "/healthz;x=/v1/models",
  "/healthz?/../v1/models",
  "/healthz#/v1/models",
  "/healthz/v1/models",
  "/healthz%00/v1/models",
  "//healthz/../v1/models",
  "/v1/models?path=/healthz",
  "/v1/models#/healthz",
  "/v1/models/healthz",
  "/v1/models/../../healthz/../v1/models",
  "/V1/MODELS",
  "/v1/Models",
  "/v1/%6dodels",
  "/%76%31/models",
  "/v1\\models",
  "/v1/models/",
  "//v1//models",
  "/models",
  "/v1/v1/models",
  "http://127.0.0.1/v1/models",
  "http://healthz/v1/models",
] as const;

for (const mode of ["strict", "all_except_health"] as const) {
  test(`no spelling of a path gets around the key: ${mode}`, async () => {
    const keys = "a-key-that-is-long-enough";
    await using gateway = await start({ plugins: [guard(), auth({ mode, keys })] });
    for (const path of tricks) {
      const { status, body } = await rawGet(gateway, path);
      assert.doesNotMatch(body, /"object":"list"/, path);
      const isHealth = mode === "all_except_health" && body.includes('"status":"ok"');
      const isRefused = status === 401 || status === 400 || status === 403;
      assert.ok(isHealth ? /^\/healthz[?#]/.test(path) : isRefused, `${path}: ${status} ${body}`);
    }
    const health = await rawGet(gateway, "/healthz");
    assert.equal(health.status, mode === "strict" ? 401 : 200);
    for (const path of ["/HEALTHZ", "/healthz/x", "/Healthz"]) {
      assert.equal((await rawGet(gateway, path)).status, 401, path);
    }
    const known = await send(gateway, "/v1/models", {
      method: "GET",
      headers: { Authorization: `Bearer ${keys}` },
    });
    assert.equal(known.status, 200);
    await known.text();
  });
}

test("a body is not read before the key is known", async () => {
  const keys = "a-key-that-is-long-enough";
  await using gateway = await start({ plugins: [guard(), auth({ mode: "strict", keys })] });
  const { host } = new URL(gateway.url);
  // The body never comes; the refusal does.
  const answer = await rawAnswer(
    gateway,
    `POST /v1/chat/completions HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/json\r\n` +
      "Content-Length: 1000000\r\n\r\n",
  );
  assert.equal(answer.status, 401);
  assert.equal(at(JSON.parse(answer.body), "error", "code"), "invalid_api_key");
});
