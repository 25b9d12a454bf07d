import assert from "node:assert/strict";
import { test } from "node:test";
import { failures } from "./failure.ts";
import { type Sandbox, startSandbox } from "./sandbox-server.ts";

const key = "sandbox-key-1";
const label = "sandbox-1@agproxy.invalid";

function ask(sandbox: Sandbox, isStream: boolean, text = "hi", signal?: AbortSignal) {
  const verb = isStream ? "streamGenerateContent?alt=sse" : "generateContent";
  return fetch(`${sandbox.url}/v1beta/models/gemini-2.5-flash:${verb}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-goog-api-key": key },
    body: JSON.stringify({ contents: [{ role: "user", parts: [{ text }] }] }),
    ...(signal !== undefined && { signal }),
  });
}

test("failures in place of an answer are Google's own, streamed or not", async () => {
  await using sandbox = await startSandbox();
  const expected = {
    "rate-limit": [429, /PerMinute[\s\S]*"retryDelay": "30s"/],
    quota: [429, /PerDay[\s\S]*"retryDelay": "30s"/],
    overloaded: [503, /The model is overloaded\. Please try again later\./],
    "server-error": [500, /"status": "INTERNAL"/],
    unauthorized: [400, /"reason": "API_KEY_INVALID"/],
    forbidden: [403, /"status": "PERMISSION_DENIED"/],
    signature: [400, /"message": "Corrupted thought signature\."/],
  } as const;
  for (const failure of failures) {
    if (!(failure in expected)) continue;
    const [status, body] = expected[failure as keyof typeof expected];
    sandbox.fail(label, failure);
    for (const isStream of [false, true]) {
      const response = await ask(sandbox, isStream);
      assert.equal(response.status, status);
      assert.match(await response.text(), body);
    }
  }
});

test("an account fails as often as it is told to, in the order it is told to", async () => {
  const accounts = [{ fail: "overloaded", times: 2 } as const];
  await using sandbox = await startSandbox({ accounts });
  const statuses = async (n: number) => {
    const seen: number[] = [];
    for (let i = 0; i < n; i += 1) {
      const response = await ask(sandbox, false);
      await response.text();
      seen.push(response.status);
    }
    return seen;
  };
  assert.deepEqual(await statuses(3), [503, 503, 200]);
  sandbox.fail(label, ["rate-limit", "server-error"]);
  assert.deepEqual(await statuses(3), [429, 500, 200]);
  sandbox.fail(label, "forbidden");
  assert.deepEqual(await statuses(2), [403, 403]);
  sandbox.fail(label, undefined);
  assert.deepEqual(await statuses(1), [200]);
  assert.throws(() => sandbox.fail("nobody", "quota"), /no account "nobody"\. It has: sandbox-1@/);
});

test("a bad account fails for the model list too, and other accounts do not fail with it", async () => {
  await using sandbox = await startSandbox({ accounts: 2 });
  sandbox.fail(label, "forbidden");
  const list = (account: string) =>
    fetch(`${sandbox.url}/v1beta/models`, { headers: { "x-goog-api-key": account } });
  assert.equal((await list(key)).status, 403);
  assert.equal((await list("sandbox-key-2")).status, 200);
});

test("answers that break off: cut, no-finish, error in the stream", async () => {
  await using sandbox = await startSandbox();
  sandbox.fail(label, "cut");
  for (const isStream of [true, false]) {
    const response = await ask(sandbox, isStream);
    assert.equal(response.status, 200);
    await assert.rejects(response.text(), /terminated/);
  }
  assert.equal(sandbox.departed, 0);

  sandbox.fail(label, "no-finish");
  const unfinished = await (await ask(sandbox, true)).text();
  assert.match(unfinished, /You.*said:/s);
  assert.doesNotMatch(unfinished, /finishReason/);

  sandbox.fail(label, "error-in-stream");
  const events = (await (await ask(sandbox, true)).text()).split("\r\n\r\n");
  const last = JSON.parse(events.pop() ?? "") as { error: { code: number } };
  assert.equal(last.error.code, 503);
  assert.ok(events.length > 1 && events.every((event) => event.startsWith("data: {")));
  assert.equal((await ask(sandbox, false)).status, 503);
});

test("answers with nothing in them: malformed call, empty, blocked", async () => {
  await using sandbox = await startSandbox();
  const answer = async () => (await ask(sandbox, false)).json();
  const usageMetadata = {
    promptTokenCount: 1,
    totalTokenCount: 1,
    promptTokensDetails: [{ modality: "TEXT", tokenCount: 1 }],
  };
  const modelVersion = "gemini-2.5-flash";
  sandbox.fail(label, "malformed-call");
  const finishMessage = "Malformed function call: print(default_api.sandbox(";
  const finishReason = "MALFORMED_FUNCTION_CALL";
  assert.deepEqual(await answer(), {
    candidates: [{ content: {}, finishReason, finishMessage, index: 0 }],
    usageMetadata,
    modelVersion,
    responseId: "sandbox-1",
  });
  sandbox.fail(label, "empty");
  assert.deepEqual(await answer(), {
    candidates: [{ content: {}, finishReason: "STOP", index: 0 }],
    usageMetadata,
    modelVersion,
    responseId: "sandbox-2",
  });
  sandbox.fail(label, "blocked");
  assert.deepEqual(await answer(), {
    promptFeedback: { blockReason: "SAFETY" },
    usageMetadata,
    modelVersion,
    responseId: "sandbox-3",
  });
});

test(
  "a client that leaves is noticed: before the head, in the middle, and while words are paced",
  { timeout: 60_000 },
  async () => {
    await using sandbox = await startSandbox({ accounts: 1, paceMs: 60_000 });
    const leave = async (isStream: boolean, failure: "stall" | "stall-midway" | undefined) => {
      sandbox.fail(label, failure);
      const before = sandbox.departed;
      const abort = new AbortController();
      const asked = ask(sandbox, isStream, "hi", abort.signal);
      if (failure === "stall") {
        asked.catch(() => undefined);
        while (sandbox.open === 0) await new Promise((resolve) => setImmediate(resolve));
      } else {
        const reader = (await asked).body?.getReader();
        const first = await reader?.read();
        assert.ok((first?.value?.length ?? 0) > 0);
      }
      assert.equal(sandbox.open, 1);
      abort.abort();
      await sandbox.untilDeparted(before + 1);
      assert.equal(sandbox.open, 0);
    };
    await leave(true, "stall");
    await leave(false, "stall-midway");
    await leave(true, undefined);
  },
);

test("a prompt can ask for a failure, in double brackets only", async () => {
  await using sandbox = await startSandbox();
  const status = async (text: string) => (await ask(sandbox, false, text)).status;
  assert.equal(await status("please [[sandbox: fail 503]] now"), 503);
  assert.equal(await status("[[sandbox: fail rate-limit]]"), 429);
  assert.equal(await status("what does sandbox: fail 503 mean?"), 200);
  const unknown = await ask(sandbox, false, "[[sandbox: fail everything]]");
  assert.match(
    await unknown.text(),
    /cannot fail with \\"everything\\"\. It knows: rate-limit, quota/,
  );
});

test("the sandbox closes with streams open, and twice", async () => {
  const sandbox = await startSandbox({ accounts: [{ fail: "stall-midway" }] });
  const response = await ask(sandbox, true);
  const broken = assert.rejects(response.text(), /terminated/);
  await sandbox.close();
  await sandbox.close();
  await broken;
  await assert.rejects(ask(sandbox, true), /fetch failed/);
});
