import assert from "node:assert/strict";
import { test } from "node:test";
import { type Answer, definePlugin, type Message } from "@agproxy/core";
import { startGateway, type TestGateway } from "@agproxy/core/testing";
import {
  ask,
  google,
  plainProtocol,
  proxyThat,
  type Google,
  type Replies,
} from "./fixtures/google.ts";
import { cloudCode, type CloudCodeAccount, type CloudCodeOptions } from "./index.ts";

const secrets = { refreshToken: "refresh-1", clientId: "id-1", clientSecret: "secret-1" };
const unauthenticated = {
  status: 401,
  body: { error: { code: 401, message: "Bad token access-1.", status: "UNAUTHENTICATED" } },
};
const answer = (text: string, finishReason?: string) => ({
  response: { candidates: [{ content: { parts: [{ text }] }, finishReason }] },
  traceId: "t",
  metadata: {},
});
const usual: Replies = {
  token: (_, n) => ({
    body: { access_token: `access-${n}`, expires_in: 3600, token_type: "Bearer" },
  }),
  loadCodeAssist: () => ({ body: { cloudaicompanionProject: "project-1" } }),
  generateContent: () => ({ body: answer("Hello", "STOP") }),
};

function start(server: Google, account: Partial<CloudCodeAccount> = {}): Promise<TestGateway> {
  const plugin = cloudCode({
    accounts: [{ ...secrets, ...account }],
    baseUrl: server.url,
    tokenUrl: `${server.url}/token`,
    iUnderstandTheRisk: true,
  });
  return startGateway({ plugins: [plainProtocol(), plugin] });
}

const kinds = ({ received }: Google) => received.map(({ url }) => url.replace(/^.*[/:]/, ""));

test("a whole answer, in its envelope; token and project are asked for once", async () => {
  await using server = await google(usual);
  await using gateway = await start(server);
  const answers = await Promise.all([ask(gateway.url, false), ask(gateway.url, false)]);
  for (const [whole] of answers) {
    assert.deepEqual(whole, {
      choices: [
        {
          content: [{ type: "text", text: "Hello" }],
          citations: [],
          logprobs: [],
          finish: { reason: "stop" },
        },
      ],
    });
  }
  const expected = ["token", "loadCodeAssist", "generateContent", "generateContent"];
  assert.deepEqual(kinds(server), expected);
  const [token, , call] = server.received;
  assert.equal(new URLSearchParams(token?.body).get("refresh_token"), "refresh-1");
  assert.equal(call?.headers.authorization, "Bearer access-1");
  assert.equal(call.headers["user-agent"], "agproxy");
  const { requestId, ...envelope } = JSON.parse(call.body) as Record<string, unknown>;
  assert.match(String(requestId), /^[\w-]{36}$/);
  assert.deepEqual(envelope, {
    model: "gemini-3-pro-preview",
    project: "project-1",
    userAgent: "agproxy",
    request: {
      contents: [{ role: "user", parts: [{ text: "hi" }] }],
      sessionId: "conversation",
    },
  });
});

test("a stream is unwrapped, event by event", async () => {
  const last = answer("", "STOP");
  const frames = [answer("Hel"), answer("lo"), last].map(
    (data) => `data: ${JSON.stringify(data)}\r\n\r\n`,
  );
  await using server = await google({
    ...usual,
    streamGenerateContent: () => ({ body: frames.join("") }),
  });
  await using gateway = await start(server, { project: "mine" });
  assert.deepEqual(await ask(gateway.url, true), [
    { type: "text", choice: 0, text: "Hel" },
    { type: "text", choice: 0, text: "lo" },
    { type: "finish", choice: 0, reason: "stop" },
    { type: "end" },
  ]);
  assert.deepEqual(kinds(server), ["token", "streamGenerateContent?alt=sse"]);
});

interface Envelope {
  readonly request: {
    readonly tools: unknown;
    readonly contents: readonly { readonly parts: readonly Record<string, unknown>[] }[];
  };
}

const envelopes = ({ received }: Google) =>
  received
    .filter(({ url }) => /generatecontent/i.test(url))
    .map(({ body }) => (JSON.parse(body) as Envelope).request);

test("schemas go in Gemini's own words, and built-in tools give way to functions", async () => {
  await using server = await google(usual);
  await using gateway = await start(server, { project: "mine" });
  const parameters = { type: "object", properties: { a: { type: ["string", "null"] } } };
  await ask(gateway.url, false, {
    tools: [{ name: "f", parameters }],
    hostedTools: ["web-search"],
  });
  const properties = { a: { type: "STRING", nullable: true } };
  assert.deepEqual(envelopes(server)[0]?.tools, [
    { functionDeclarations: [{ name: "f", parameters: { type: "OBJECT", properties } }] },
  ]);
});

test("signatures come back to Cloud Code, and after a refusal the history goes as text", async () => {
  const functionCall = { name: "f", args: {}, id: "c1" };
  const signed = {
    response: {
      candidates: [
        { content: { parts: [{ functionCall, thoughtSignature: "S" }] }, finishReason: "STOP" },
      ],
    },
  };
  const error = { code: 400, message: "Corrupted thought signature." };
  const answers = [signed, [{ error }], answer("ok", "STOP")];
  await using server = await google({
    ...usual,
    generateContent: (_, n) => ({ status: n === 2 ? 400 : 200, body: answers[n - 1] }),
  });
  await using gateway = await start(server, { project: "mine" });
  const [first] = (await ask(gateway.url, false)) as readonly Answer[];
  const [call] = first?.choices[0]?.content ?? [];
  assert.ok(call?.type === "tool-call");
  assert.match(call.signature ?? "", /^ag1\./);
  const result = { type: "tool-result", callId: "c1", content: [{ type: "text", text: "r" }] };
  const messages = [
    { role: "user", content: [{ type: "text", text: "hi" }] },
    { role: "assistant", content: [call] },
    { role: "tool", content: [result] },
  ] as readonly Message[];
  await ask(gateway.url, false, { messages });
  const [, second, third] = envelopes(server);
  assert.deepEqual(second?.contents[1]?.parts, [{ functionCall, thoughtSignature: "S" }]);
  assert.match(String(third?.contents[1]?.parts[0]?.text), /^<tool_call id="c1" name="f">/);
});

test("there are no embeddings, and another account may have them", async () => {
  await using server = await google(usual);
  await using gateway = await start(server);
  const [failure] = await ask(gateway.url, false, { embedding: {} });
  assert.deepEqual(failure, {
    code: "model_not_found",
    message: "Cloud Code has no embeddings, so gemini-3-pro-preview was not asked.",
  });
  assert.equal(server.received.length, 0);
});

test("an error in an array is an error", async () => {
  const error = {
    code: 429,
    message: "No capacity.",
    details: [{ reason: "MODEL_CAPACITY_EXHAUSTED" }],
  };
  await using server = await google({
    ...usual,
    generateContent: () => ({ status: 429, body: [{ error }] }),
  });
  await using gateway = await start(server);
  const [failure] = await ask(gateway.url, false);
  assert.deepEqual(failure, {
    code: "model_overloaded",
    message: "No capacity.",
    details: { upstream_status: 429, reason: "MODEL_CAPACITY_EXHAUSTED" },
  });
});

test("a refused token is replaced once", async () => {
  await using server = await google({
    ...usual,
    generateContent: ({ headers }) =>
      headers.authorization === "Bearer access-2"
        ? { body: answer("ok", "STOP") }
        : unauthenticated,
  });
  await using gateway = await start(server, { project: "mine" });
  await ask(gateway.url, false);
  assert.deepEqual(kinds(server), ["token", "generateContent", "token", "generateContent"]);
});

test("a token refused twice is the account's fault, and is shown to nobody", async () => {
  await using server = await google({
    ...usual,
    token: () => ({ body: { access_token: "access-1", expires_in: 3600 } }),
    generateContent: () => unauthenticated,
  });
  await using gateway = await start(server, { project: "mine" });
  const [failure] = await ask(gateway.url, false);
  assert.deepEqual(failure, {
    code: "account_rejected",
    message: "Bad token [secret].",
    details: { upstream_status: 401 },
  });
  assert.equal(server.received.length, 4);
});

test("a grant that has ended suspends its account", async () => {
  await using server = await google({
    token: () => ({ status: 400, body: { error: "invalid_grant" } }),
  });
  await using gateway = await start(server);
  const [failure] = await ask(gateway.url, false);
  assert.deepEqual(failure, {
    code: "account_suspended",
    message: "Google does not accept the account's refresh token.",
  });
  for (const secret of Object.values(secrets)) {
    assert.equal(JSON.stringify(gateway.log).includes(secret), false);
  }
});

test("a client that Google does not know is faulty, and not suspended", async () => {
  await using server = await google({
    token: () => ({ status: 401, body: { error: "invalid_client" } }),
  });
  await using gateway = await start(server);
  const [failure] = await ask(gateway.url, false);
  assert.deepEqual(failure, {
    code: "account_rejected",
    message: "Google does not accept the account's refresh token.",
  });
});

for (const status of [302, 503]) {
  test(`a token endpoint that answers ${status} is asked once, and is not followed`, async () => {
    await using server = await google({ token: () => ({ status, body: { error: "x" } }) });
    await using gateway = await start(server);
    const [failure] = await ask(gateway.url, false);
    assert.deepEqual(failure, {
      code: "upstream_unreachable",
      message: "Google's token endpoint gave no access token.",
    });
    assert.equal(kinds(server).filter((kind) => kind === "token").length, 1);
  });
}

test("the token is asked for through the account's proxy, as the answer is", async () => {
  await using server = await google(usual);
  await using proxy = await proxyThat(200);
  await using gateway = await start(server, { project: "mine", proxy: proxy.url });
  await ask(gateway.url, false);
  assert.deepEqual(kinds(server), ["token", "generateContent"]);
  assert.deepEqual(new Set(proxy.asked), new Set([new URL(server.url).host]));
});

for (const [status, words] of [
  [407, "refused the account's credentials for it (407)"],
  [400, "opened no way to the upstream (400)"],
  [502, "opened no way to the upstream (502)"],
] as const) {
  test(`a proxy that answers ${status} is at fault, not the account's refresh token`, async () => {
    await using server = await google(usual);
    await using proxy = await proxyThat(status);
    await using gateway = await start(server, { proxy: proxy.url });
    const [failure] = await ask(gateway.url, false);
    const message = `The proxy ${proxy.host} ${words}.`;
    assert.deepEqual(failure, { code: "upstream_unreachable", message });
    assert.equal(server.received.length, 0);
  });
}

test("after a proxy's refusal of one account, the next is asked", async () => {
  await using server = await google(usual);
  await using proxy = await proxyThat(407);
  const plugin = cloudCode({
    accounts: [{ ...secrets, proxy: proxy.url }, secrets],
    baseUrl: server.url,
    tokenUrl: `${server.url}/token`,
    iUnderstandTheRisk: true,
  });
  const nextAccount = definePlugin({
    name: "next-account",
    apply: ({ hooks }) =>
      hooks.attemptFailed.tap("next-account", () => ({ retry: "next account" })),
  });
  await using gateway = await startGateway({ plugins: [plainProtocol(), plugin, nextAccount] });
  const [whole] = await ask(gateway.url, false);
  assert.ok(typeof whole === "object" && whole !== null && "choices" in whole);
});

const laterProject = (n: number) => (n === 1 ? {} : { cloudaicompanionProject: "p" });

test("without a project there is an advice, and the next request asks again", async () => {
  await using server = await google({
    ...usual,
    loadCodeAssist: (_, n) => ({ body: laterProject(n) }),
  });
  await using gateway = await start(server);
  const [failure] = await ask(gateway.url, false);
  const message = "Cloud Code returned no project for the account.";
  assert.deepEqual(failure, { code: "account_forbidden", message });
  const [whole] = await ask(gateway.url, false);
  assert.ok(typeof whole === "object" && whole !== null && "choices" in whole);
});

test("the risk must be accepted, and is told again at the start", async () => {
  const accounts = [secrets];
  const refused = { accounts, iUnderstandTheRisk: false };
  assert.throws(() => cloudCode(refused), /suspends accounts.*set iUnderstandTheRisk: true/);
  await using server = await google(usual);
  await using gateway = await start(server);
  const warnings = gateway.log.filter(({ msg }) => msg?.includes("suspends accounts"));
  assert.equal(warnings.length, 1);
});

test("a wrong option is named, with a way to write it", () => {
  const table: readonly (readonly [object, RegExp])[] = [
    [{ accounts: [] }, /`accounts` must have at least one account.*Write it like this/],
    [{ accounts: [{ ...secrets, clientId: "" }] }, /`accounts\.0\.clientId` must not be empty/],
    [{ accounts: [{ ...secrets, label: 5 }] }, /`accounts\.0\.label` must be a text/],
    [{ accounts: [secrets], tokenUrl: "nope" }, /`tokenUrl` must be a URL/],
    [{ accounts: [secrets], tokenUri: "x" }, /no option `tokenUri`\. Did you mean `tokenUrl`/],
    [{ accounts: [{ ...secrets, token: "x" }] }, /`accounts\.0\.token` is no option/],
  ];
  for (const [options, complaint] of table) {
    const whole = { iUnderstandTheRisk: true, ...options } as CloudCodeOptions;
    assert.throws(() => cloudCode(whole), complaint);
  }
});

test("the models of the first account that answers are listed, and the list is asked for once", async () => {
  const models = {
    "gemini-3-pro-preview": { displayName: "Pro", maxTokens: 1_048_576, maxOutputTokens: 65_535 },
    "claude-x": { quotaInfo: { remainingFraction: 1 } },
    "tab-line": { isInternal: true },
  };
  await using server = await google({
    ...usual,
    fetchAvailableModels: () => ({ body: { models } }),
  });
  const plugin = cloudCode({
    accounts: [secrets],
    baseUrl: server.url,
    tokenUrl: `${server.url}/token`,
    iUnderstandTheRisk: true,
  });
  const lister = definePlugin({
    name: "lister",
    apply: (agproxy) =>
      agproxy.route("GET", "/models", async ({ incoming }) => ({
        body: await agproxy.models(incoming),
      })),
  });
  await using gateway = await startGateway({ plugins: [lister, plugin] });
  const list = async () => (await fetch(`${gateway.url}/models`)).json();
  assert.deepEqual(await list(), [
    {
      id: "gemini-3-pro-preview",
      ownedBy: "google",
      contextWindow: 1_048_576,
      maxOutputTokens: 65_535,
    },
    { id: "claude-x", ownedBy: "cloud-code" },
  ]);
  await list();
  assert.deepEqual(kinds(server), ["token", "loadCodeAssist", "fetchAvailableModels"]);
  const [, , call] = server.received;
  assert.deepEqual(JSON.parse(call?.body ?? ""), { project: "project-1" });
});

test("an account that cannot list its models still chats", async () => {
  await using server = await google(usual);
  await using gateway = await start(server);
  const [whole] = await ask(gateway.url, false);
  assert.notEqual(whole, undefined);
});
