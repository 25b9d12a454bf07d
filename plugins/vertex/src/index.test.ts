import assert from "node:assert/strict";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import type { Message, Model } from "@agproxy/core";
import { startGateway, type TestGateway } from "@agproxy/core/testing";
import {
  answer,
  ask,
  askStream,
  google,
  plainProtocol,
  serviceAccount,
  type Vendor,
  usual,
} from "./fixtures/google.ts";
import { proxyThat } from "../../cloud-code/src/fixtures/google.ts";
import { vertex, type VertexAccount } from "./index.ts";

const user = (text: string): Message => ({ role: "user", content: [{ type: "text", text }] });
const messages = [user("hi")];
const model = "gemini-2.5-flash";

function start(server: Vendor, ...accounts: readonly VertexAccount[]): Promise<TestGateway> {
  const baseUrl = server.url;
  const plugin = vertex({ accounts, baseUrl, tokenUrl: `${baseUrl}/token` });
  return startGateway({ plugins: [plainProtocol(), plugin] });
}

const robot: VertexAccount = { serviceAccount };
const kinds = ({ received }: Vendor) => received.map(({ url }) => /(\w+)(\?|$)/.exec(url)?.[1]);
const said = ({ choices }: { readonly choices: readonly { readonly content: unknown }[] }) =>
  choices[0]?.content;
const hello = [{ type: "text", text: "Hello" }];

test("a service account: one token for all, and a path of its project and location", async () => {
  await using server = await google(usual);
  await using gateway = await start(server, { ...robot, location: "europe-west4" });
  const answers = await Promise.all([1, 2, 3].map(() => ask(gateway.url, { messages, model })));
  for (const { answer: whole } of answers) {
    assert.deepEqual(said(whole), hello);
    assert.equal(whole.usage?.totalTokens, 3);
  }
  assert.equal(kinds(server).filter((kind) => kind === "token").length, 1);
  const token = server.received.find(({ url }) => url === "/token");
  const assertion = new URLSearchParams(token?.body).get("assertion") ?? "";
  const claims = JSON.parse(Buffer.from(assertion.split(".")[1] ?? "", "base64url").toString());
  assert.equal(claims.iss, serviceAccount.client_email);
  assert.equal(claims.scope, "https://www.googleapis.com/auth/cloud-platform");
  const call = server.received.find(({ url }) => url.endsWith(":generateContent"));
  assert.equal(
    call?.url,
    `/v1beta1/projects/project-1/locations/europe-west4/publishers/google/models/${model}:generateContent`,
  );
  assert.equal(call.headers.authorization, "Bearer access-1");
  assert.deepEqual(JSON.parse(call.body), {
    contents: [{ role: "user", parts: [{ text: "hi" }] }],
  });
  const log = JSON.stringify(gateway.log);
  assert.equal(log.includes("access-1") || log.includes("PRIVATE KEY"), false);
});

test("a service account's file, read once; one that cannot be read says so", async () => {
  await using server = await google(usual);
  const folder = await mkdtemp(join(tmpdir(), "vertex-"));
  const serviceAccountFile = join(folder, "account.json");
  try {
    await using gateway = await start(server, { serviceAccountFile });
    const missing = await ask(gateway.url, { messages, model });
    assert.equal(missing.answer.code, "account_rejected");
    assert.match(missing.answer.message, /file cannot be read/);
    await writeFile(serviceAccountFile, "{}");
    const wrong = await ask(gateway.url, { messages, model });
    assert.match(wrong.answer.message, /no service account's/);
    await writeFile(serviceAccountFile, JSON.stringify(serviceAccount));
    assert.deepEqual(said((await ask(gateway.url, { messages, model })).answer), hello);
  } finally {
    await rm(folder, { recursive: true });
  }
});

/** Runs something with a file that the environment names as the machine's credentials. */
async function withCredentials(content: object, run: () => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "vertex-"));
  const file = join(folder, "account.json");
  await writeFile(file, JSON.stringify(content));
  const before = process.env["GOOGLE_APPLICATION_CREDENTIALS"];
  process.env["GOOGLE_APPLICATION_CREDENTIALS"] = file;
  try {
    await run();
  } finally {
    if (before === undefined) delete process.env["GOOGLE_APPLICATION_CREDENTIALS"];
    else process.env["GOOGLE_APPLICATION_CREDENTIALS"] = before;
    await rm(folder, { recursive: true });
  }
}

test("Application Default Credentials, from the file that the environment names", async () => {
  await using server = await google(usual);
  await withCredentials(serviceAccount, async () => {
    await using gateway = await start(server, {});
    assert.deepEqual(said((await ask(gateway.url, { messages, model })).answer), hello);
    assert.match(server.received.at(-1)?.url ?? "", /\/projects\/project-1\/locations\/global\//);
  });
});

/** What `gcloud auth application-default login` writes. */
const signedIn = {
  type: "authorized_user",
  client_id: "client",
  client_secret: "client-secret",
  refresh_token: "a-refresh-token",
};

for (const [whose, content] of [
  ["a service account's", serviceAccount],
  ["somebody's who signed in", signedIn],
] as const) {
  test(`Application Default Credentials, ${whose}: instances with one store ask for one token`, async () => {
    await using server = await google(usual);
    const folder = await mkdtemp(join(tmpdir(), "vertex-store-"));
    await withCredentials(content, async () => {
      const account = { project: "project-1" };
      const instance = async () => {
        const plugin = vertex({
          accounts: [account],
          baseUrl: server.url,
          tokenUrl: `${server.url}/token`,
        });
        const store = join(folder, "store.sqlite");
        return startGateway({ store, plugins: [plainProtocol(), plugin] });
      };
      await using one = await instance();
      await using two = await instance();
      const answers = await Promise.all(
        [one, two, one, two].map(({ url }) => ask(url, { messages, model })),
      );
      for (const { answer: whole } of answers) assert.deepEqual(said(whole), hello);
      assert.equal(kinds(server).filter((kind) => kind === "token").length, 1);
    });
    await rm(folder, { recursive: true });
  });
}

test("a sign-in of Application Default Credentials that has ended suspends its account and says what to do", async () => {
  await using server = await google({
    ...usual,
    token: () => ({ status: 400, body: { error: "invalid_grant" } }),
  });
  await withCredentials(signedIn, async () => {
    await using gateway = await start(server, { project: "project-1" }, { key: "secret-key" });
    const { answer: failed } = await ask(gateway.url, { messages, model });
    assert.equal(failed.code, "account_suspended");
    // The plain wire has no advice.
    assert.match(JSON.stringify(gateway.log), /gcloud auth application-default login/);
  });
});

test("an express key: no project, no token", async () => {
  await using server = await google(usual);
  await using gateway = await start(server, { key: "secret-key" });
  assert.deepEqual(said((await ask(gateway.url, { messages, model })).answer), hello);
  const [call] = server.received;
  assert.equal(call?.url, `/v1beta1/publishers/google/models/${model}:generateContent`);
  assert.equal(call.headers["x-goog-api-key"], "secret-key");
  assert.equal(call.headers.authorization, undefined);
});

test("a stream, and models of other publishers and of one's own", async () => {
  const frames = [answer("Hel"), answer("lo")].map(
    (each) => `data: ${JSON.stringify(each)}\r\n\r\n`,
  );
  await using server = await google({
    ...usual,
    streamGenerateContent: () => ({ body: frames.join("") }),
  });
  await using gateway = await start(server, robot);
  const events = await askStream(gateway.url, { messages, model: "publishers/meta/models/a b" });
  assert.deepEqual(events.slice(0, 2), [
    { type: "text", choice: 0, text: "Hel" },
    { type: "text", choice: 0, text: "lo" },
  ]);
  const tuned = "projects/9/locations/us-central1/endpoints/7";
  await askStream(gateway.url, { messages, model: tuned });
  const paths = server.received.map(({ url }) => url).filter((url) => url.includes("stream"));
  assert.deepEqual(paths, [
    "/v1beta1/projects/project-1/locations/global/publishers/meta/models/a%20b:streamGenerateContent?alt=sse",
    `/v1beta1/${tuned}:streamGenerateContent?alt=sse`,
  ]);
});

test("a token that is refused is replaced once", async () => {
  const refused = { status: 401, body: { error: { code: 401, message: "Bad access-1." } } };
  await using server = await google({
    ...usual,
    generateContent: ({ headers }) =>
      headers.authorization === "Bearer access-1" ? refused : { body: answer("Hello") },
  });
  await using gateway = await start(server, robot);
  assert.deepEqual(said((await ask(gateway.url, { messages, model })).answer), hello);
  assert.deepEqual(kinds(server), ["token", "generateContent", "token", "generateContent"]);
});

test("a service account that Google refuses, and a token endpoint that fails, asked once", async () => {
  const grant = { error: "invalid_grant", error_description: "Invalid JWT Signature." };
  for (const [status, body, code] of [
    [400, grant, "account_rejected"],
    [503, {}, "upstream_unreachable"],
  ] as const) {
    await using server = await google({ ...usual, token: () => ({ status, body }) });
    await using gateway = await start(server, robot);
    const { answer: failed } = await ask(gateway.url, { messages, model });
    assert.equal(failed.code, code);
    assert.deepEqual(kinds(server), ["token"]);
  }
});

const details = (reason: string) => [
  { "@type": "type.googleapis.com/google.rpc.ErrorInfo", reason, domain: "googleapis.com" },
];

test("errors in Vertex AI's words", async () => {
  const table = [
    [
      404,
      "Publisher Model `projects/p/locations/l/publishers/google/models/x` was not found or your project does not have access to it.",
      [],
      "model_not_found",
    ],
    [
      403,
      "Vertex AI API has not been used in project 1.",
      details("SERVICE_DISABLED"),
      "account_forbidden",
    ],
    [403, "Permission denied.", details("IAM_PERMISSION_DENIED"), "account_forbidden"],
    [400, "API key not valid.", details("API_KEY_INVALID"), "account_rejected"],
    [
      429,
      "Quota exceeded for aiplatform.googleapis.com/x with base model: y.",
      [],
      "rate_limit_exceeded",
    ],
    [429, "Resource exhausted. Please try again later.", [], "model_overloaded"],
    [
      400,
      "The input token count (2) exceeds the maximum number of tokens allowed (1).",
      [],
      "context_length_exceeded",
    ],
    [503, "The service is currently unavailable.", [], "upstream_unavailable"],
  ] as const;
  for (const [status, message, more, code] of table) {
    await using server = await google({
      ...usual,
      generateContent: () => ({
        status,
        body: { error: { code: status, message, details: more } },
      }),
    });
    await using gateway = await start(server, { key: "secret-key" });
    const { answer: failed } = await ask(gateway.url, { messages, model });
    assert.equal(failed.code, code, message);
    assert.equal(failed.message, message);
  }
});

test("ids of calls are not sent, signatures are, and come back", async () => {
  const functionCall = { name: "f", args: { x: 1 } };
  const parts = [{ functionCall, thoughtSignature: "c2ln" }];
  await using server = await google({
    ...usual,
    generateContent: (_call, n) =>
      n === 1
        ? { body: { candidates: [{ content: { role: "model", parts }, finishReason: "STOP" }] } }
        : { body: answer("Hello") },
  });
  await using gateway = await start(server, { key: "k" });
  const tools = [{ name: "f", parameters: { type: "object" } }];
  const asked = { tools, model: "gemini-3-flash-preview", hostedTools: ["web-search"] as const };
  const first = await ask(gateway.url, { ...asked, messages });
  assert.equal(first.ignored, "web_search");
  const content = first.answer.choices[0]?.content ?? [];
  const [call] = content;
  assert.ok(call?.type === "tool-call");
  const result: Message = {
    role: "tool",
    content: [{ type: "tool-result", callId: call.id, content: [{ type: "text", text: "one" }] }],
  };
  const history = [...messages, { role: "assistant", content } as const, result];
  await ask(gateway.url, { ...asked, messages: history });
  const { contents } = JSON.parse(server.received[1]?.body ?? "") as { contents: unknown[] };
  assert.deepEqual(contents.slice(1), [
    { role: "model", parts },
    { role: "user", parts: [{ functionResponse: { name: "f", response: { result: "one" } } }] },
  ]);
});

test("labels of the account go with each request; the client's own win", async () => {
  await using server = await google(usual);
  await using gateway = await start(server, { key: "k", labels: { team: "a", app: "agproxy" } });
  const extensions = { google: { labels: { team: "b" } } };
  await ask(gateway.url, { messages, model, extensions });
  const { labels } = JSON.parse(server.received[0]?.body ?? "") as { labels: unknown };
  assert.deepEqual(labels, { team: "b", app: "agproxy" });
});

test("files of Cloud Storage are linked, those of the Gemini API refused", async () => {
  await using server = await google(usual);
  await using gateway = await start(server, { key: "k" });
  const asking = (source: { kind: "url"; url: string } | { kind: "file"; id: string }) =>
    ask(gateway.url, {
      messages: [{ role: "user", content: [{ type: "media", media: "video", source }] }],
      model,
    });
  await asking({ kind: "url", url: "gs://bucket/a.mp4" });
  const { contents } = JSON.parse(server.received[0]?.body ?? "") as { contents: unknown };
  const fileData = { fileUri: "gs://bucket/a.mp4", mimeType: "video/mp4" };
  assert.deepEqual(contents, [{ role: "user", parts: [{ fileData }] }]);
  const { answer: refused } = await asking({ kind: "file", id: "files/1" });
  assert.equal(refused.code, "invalid_request");
});

const vector = (content: string) => [Number(content), 0.5];

test("vectors: one input a call for Gemini's models, in their own method, many for the others", async () => {
  await using server = await google({
    ...usual,
    predict: ({ body }) => {
      const { instances } = JSON.parse(body) as { instances: readonly { content: string }[] };
      const predictions = instances.map(({ content }) => ({
        embeddings: { values: vector(content), statistics: { token_count: 2 } },
      }));
      return { body: { predictions } };
    },
    embedContent: ({ body }) => {
      const { content } = JSON.parse(body) as { content: { parts: readonly { text: string }[] } };
      const values = vector(content.parts[0]?.text ?? "");
      return { body: { embedding: { values }, usageMetadata: { promptTokenCount: 2 } } };
    },
  });
  await using gateway = await start(server, { key: "k" });
  const inputs = ["1", "2", "3"].map(user);
  for (const [name, method, calls] of [
    ["text-embedding-005", "predict", 1],
    ["gemini-embedding-001", "predict", 3],
    ["gemini-embedding-2", "embedContent", 3],
  ] as const) {
    const before = server.received.length;
    const embedding = { dimensions: 2 };
    const { answer: whole } = await ask(gateway.url, { messages: inputs, embedding, model: name });
    assert.deepEqual(
      whole.choices.map((choice) => choice.embedding?.[0]),
      [1, 2, 3],
      name,
    );
    assert.equal(whole.usage?.inputTokens, 6);
    const asked = server.received.slice(before);
    assert.equal(asked.length, calls);
    assert.ok(asked[0]?.url.endsWith(`${name}:${method}`));
    assert.match(asked[0]?.body ?? "", /"outputDimensionality":2/);
  }
});

const names = (...ids: readonly string[]) =>
  ids.map((id) => ({ name: `publishers/google/models/${id}` }));

test("the models that Google publishes are listed, page by page", async () => {
  await using server = await google({
    ...usual,
    models: ({ url }) => ({
      body: url.includes("pageToken=next")
        ? { publisherModels: names("gemini-2.5-pro") }
        : { publisherModels: names("gemini-2.5-flash", "veo-3"), nextPageToken: "next" },
    }),
  });
  await using gateway = await start(server, robot);
  const models = (await (await fetch(`${gateway.url}/models`)).json()) as readonly Model[];
  assert.deepEqual(
    models.map(({ id }) => id),
    ["gemini-2.5-flash", "gemini-2.5-pro"],
  );
});

test("accounts of one project and place share a quota", async () => {
  const plugin = vertex({
    accounts: [
      { project: "p", key: "a" },
      { project: "p", key: "b", quotaGroup: "q" },
    ],
  });
  const groups: (string | undefined)[] = [];
  const reader = {
    name: "reader",
    apply: ({ hooks }: Parameters<typeof plugin.apply>[0]) =>
      hooks.selectAccount.tap("reader", (candidates) => {
        for (const { account } of candidates) groups.push(account.quotaGroup);
        return [];
      }),
  };
  await using gateway = await startGateway({ plugins: [plainProtocol(), plugin, reader] });
  await ask(gateway.url, { messages, model });
  assert.deepEqual(groups.slice(0, 2), ["p global", "q"]);
});

test("tokens are asked for through the account's proxy, and by no other way", async () => {
  await using server = await google(usual);
  await using proxy = await proxyThat(407);
  await using gateway = await start(server, { ...robot, proxy: proxy.url });
  const { answer: failed } = await ask(gateway.url, { messages, model });
  assert.equal(failed.code, "upstream_unreachable");
  assert.equal(proxy.asked.length, 1);
  assert.deepEqual(server.received, []);
});
