import assert from "node:assert/strict";
import { test } from "node:test";
import { inflateSync } from "node:zlib";
import type { SandboxOptions } from "../options.ts";
import { type Sandbox, startSandbox } from "./sandbox-server.ts";
import { signatureFor } from "../answers/signature.ts";
import type { GenerateResponse, Part } from "../wire.ts";

const flash = "gemini-2.5-flash";
const newer = "gemini-3-flash-preview";

/** A request with one user turn. */
function say(text: string, rest: object = {}) {
  return { contents: [{ role: "user", parts: [{ text }] }], ...rest };
}

function post(sandbox: Sandbox, path: string, body: unknown, key = sandbox.accounts[0]?.key ?? "") {
  return fetch(`${sandbox.url}/v1beta/models/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-goog-api-key": key },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
}

async function generate(sandbox: Sandbox, model: string, body: object): Promise<GenerateResponse> {
  const response = await post(sandbox, `${model}:generateContent`, body);
  assert.equal(response.status, 200);
  return (await response.json()) as GenerateResponse;
}

async function stream(sandbox: Sandbox, model: string, body: object): Promise<GenerateResponse[]> {
  const response = await post(sandbox, `${model}:streamGenerateContent?alt=sse`, body);
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  const events = (await response.text()).split("\r\n\r\n");
  assert.equal(events.pop(), "", "the last event ends like every other");
  return events.map((event) => {
    assert.match(event, /^data: \{.*\}$/);
    return JSON.parse(event.slice("data: ".length)) as GenerateResponse;
  });
}

function parts(responses: readonly GenerateResponse[]): readonly Part[] {
  return responses.flatMap(({ candidates = [] }) => candidates[0]?.content.parts ?? []);
}

function text(responses: readonly GenerateResponse[]): string {
  return parts(responses)
    .map((part) => part.text ?? "")
    .join("");
}

function callFor(name: string) {
  return { functionCall: { name, args: { city: "Paris" } } };
}

async function using(options: SandboxOptions, use: (sandbox: Sandbox) => Promise<void>) {
  await using sandbox = await startSandbox(options);
  await use(sandbox);
}

test("an answer says what it is and what was said, streamed word by word and whole alike", () =>
  using({}, async (sandbox) => {
    const said = "This is the agproxy sandbox, no model behind it. You said: Good morning, 世界!";
    const whole = await generate(sandbox, flash, say("Good morning, 世界!"));
    const events = await stream(sandbox, flash, say("Good morning, 世界!"));
    assert.equal(text([whole]), said);
    assert.equal(text(events), said);
    assert.equal(events.length, said.split(" ").length);
    assert.equal(parts([whole]).length, 1);
    assert.deepEqual(
      events.map(({ candidates }) => candidates?.[0]?.finishReason),
      [...events.slice(1).map(() => undefined), "STOP"],
    );
    const { usageMetadata, modelVersion } = whole;
    assert.deepEqual(events.at(-1)?.usageMetadata, usageMetadata);
    assert.equal(modelVersion, flash);
    const { promptTokenCount = 0, candidatesTokenCount = 0 } = usageMetadata ?? {};
    assert.ok(promptTokenCount > 0 && candidatesTokenCount > 0);
    assert.equal(usageMetadata?.totalTokenCount, promptTokenCount + candidatesTokenCount);
    assert.equal(new Set(events.map(({ responseId }) => responseId)).size, 1);
    assert.ok(events.every((event) => event.usageMetadata?.promptTokenCount === promptTokenCount));
  }));

test("without alt=sse a stream is one JSON array", () =>
  using({}, async (sandbox) => {
    const response = await post(sandbox, `${flash}:streamGenerateContent`, say("hi"));
    const events = (await response.json()) as GenerateResponse[];
    assert.match(text(events), /You said: hi$/);
  }));

test("a prompt that names functions calls them, and their results are quoted", () =>
  using({}, async (sandbox) => {
    const city = { type: "object", properties: { city: { type: "string" } }, required: ["city"] };
    const tools = [
      {
        functionDeclarations: [
          { name: "get_time", description: "Tells the time.", parametersJsonSchema: city },
          { name: "get_weather", description: "Weather of a city.", parametersJsonSchema: city },
        ],
      },
    ];
    const asked = say("What is the weather in Paris?", { tools });
    const one = await generate(sandbox, newer, asked);
    const thoughtSignature = signatureFor("get_weather");
    const signed = { ...callFor("get_weather"), thoughtSignature };
    assert.deepEqual(parts([one]), [signed]);
    assert.equal(one.candidates?.[0]?.finishReason, "STOP");
    const both = say("Use get_weather and then get time for Paris", { tools });
    assert.deepEqual(parts(await stream(sandbox, flash, both)), [
      callFor("get_weather"),
      callFor("get_time"),
    ]);
    const results = {
      tools,
      contents: [
        ...asked.contents,
        { role: "model", parts: [signed] },
        {
          role: "user",
          parts: [{ functionResponse: { name: "get_weather", response: { t: 21 } } }],
        },
      ],
    };
    assert.match(text(await stream(sandbox, newer, results)), /get_weather returned: \{"t":21\}$/);
  }));

test("a prompt that says then is worked off step by step", () =>
  using({}, async (sandbox) => {
    const tools = [
      { functionDeclarations: ["get_weather", "get_time", "book_table"].map((name) => ({ name })) },
    ];
    const prompt = "Use get_weather and get_time, then book_table. Then stop.";
    const contents: { role: string; parts: readonly Part[] }[] = [...say(prompt).contents];
    const steps: (readonly (string | undefined)[])[] = [];
    for (let turn = 0; turn < 3; turn += 1) {
      const answer = parts([await generate(sandbox, newer, { contents, tools })]);
      steps.push(answer.map(({ functionCall }) => functionCall?.name));
      const results = answer.map(({ functionCall: { name = "" } = {} }) => ({
        functionResponse: { name, response: { result: "ok" } },
      }));
      contents.push({ role: "model", parts: answer }, { role: "user", parts: results });
    }
    assert.deepEqual(steps, [["get_weather", "get_time"], ["book_table"], [undefined]]);
  }));

test("functions are called when they must be, and not when they must not", () =>
  using({}, async (sandbox) => {
    const tools = [{ functionDeclarations: [{ name: "get_weather" }, { name: "get_time" }] }];
    const ask = async (words: string, functionCallingConfig: object) => {
      const request = say(words, { tools, toolConfig: { functionCallingConfig } });
      return parts([await generate(sandbox, flash, request)]).map((p) => p.functionCall?.name);
    };
    assert.deepEqual(await ask("hello", {}), [undefined]);
    assert.deepEqual(await ask("hello", { mode: "ANY" }), ["get_weather"]);
    const only = { mode: "ANY", allowedFunctionNames: ["get_time"] };
    assert.deepEqual(await ask("what weather", only), ["get_time"]);
    assert.deepEqual(await ask("get_weather", { mode: "NONE" }), [undefined]);
  }));

test("thoughts, several candidates, logprobs and JSON on request", () =>
  using({}, async (sandbox) => {
    const thinkingConfig = { includeThoughts: true };
    const thought = await stream(
      sandbox,
      flash,
      say("hi", { generationConfig: { thinkingConfig } }),
    );
    assert.equal(parts(thought)[0]?.thought, true);
    assert.ok((thought.at(-1)?.usageMetadata?.thoughtsTokenCount ?? 0) > 0);

    const several = await generate(
      sandbox,
      flash,
      say("hi", { generationConfig: { candidateCount: 3 } }),
    );
    assert.deepEqual(
      several.candidates?.map(({ index }) => index),
      [0, 1, 2],
    );
    const inTurn = await stream(
      sandbox,
      flash,
      say("hi", { generationConfig: { candidateCount: 2 } }),
    );
    const ends = inTurn.flatMap(({ candidates = [] }) => candidates.filter((c) => c.finishReason));
    assert.deepEqual(
      ends.map(({ index }) => index),
      [0, 1],
    );

    const logprobs = { responseLogprobs: true, logprobs: 2 };
    const scored = await generate(sandbox, flash, say("hi", { generationConfig: logprobs }));
    const result = scored.candidates?.[0]?.logprobsResult as {
      chosenCandidates: { token: string }[];
      topCandidates: { candidates: unknown[] }[];
    };
    assert.equal(result.chosenCandidates.map(({ token }) => token).join(""), text([scored]));
    assert.equal(result.topCandidates[0]?.candidates.length, 2);

    const generationConfig = {
      responseMimeType: "application/json",
      responseJsonSchema: {
        type: "object",
        properties: { ok: { type: "boolean" } },
        required: ["ok"],
      },
    };
    assert.equal(
      text(await stream(sandbox, flash, say("hi", { generationConfig }))),
      '{"ok":true}',
    );
  }));

test("an answer ends at the token limit and at a stop sequence", () =>
  using({}, async (sandbox) => {
    const short = await generate(
      sandbox,
      flash,
      say("hi", {
        generationConfig: { maxOutputTokens: 4, thinkingConfig: { thinkingBudget: 0 } },
      }),
    );
    assert.equal(short.candidates?.[0]?.finishReason, "MAX_TOKENS");
    assert.equal(text([short]), "This is the agp");
    assert.equal(short.usageMetadata?.candidatesTokenCount, 4);
    const stopped = await stream(
      sandbox,
      flash,
      say("hi", { generationConfig: { stopSequences: ["box, no"] } }),
    );
    assert.equal(text(stopped), "This is the agproxy sand");
    assert.equal(stopped.at(-1)?.candidates?.[0]?.finishReason, "STOP");
  }));

test("files are acknowledged; an image model draws a PNG of the ratio asked for", () =>
  using({}, async (sandbox) => {
    const inlineData = { mimeType: "image/png", data: "AAAA" };
    const contents = [{ role: "user", parts: [{ text: "look" }, { inlineData }, { inlineData }] }];
    assert.match(text(await stream(sandbox, flash, { contents })), /You sent: 2 images\.$/);

    const generationConfig = { imageConfig: { aspectRatio: "16:9" } };
    const drawn = await generate(
      sandbox,
      "gemini-2.5-flash-image",
      say("a cat", { generationConfig }),
    );
    const image = parts([drawn]).find((part) => part.inlineData !== undefined)?.inlineData;
    assert.equal(image?.mimeType, "image/png");
    const png = Buffer.from(image?.data ?? "", "base64");
    assert.equal(png.subarray(0, 8).toString("latin1"), "\u0089PNG\r\n\u001a\n");
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [32, 18]);
    const length = png.readUInt32BE(33);
    assert.equal(inflateSync(png.subarray(41, 41 + length)).length, 18 * (1 + 3 * 32));
  }));

test("models, one model and token counts, for a known key only", () =>
  using({}, async (sandbox) => {
    const headers = { "x-goog-api-key": "sandbox-key-2" };
    const page = async (query: string) => {
      const response = await fetch(`${sandbox.url}/v1beta/models${query}`, { headers });
      return (await response.json()) as { models: { name: string }[]; nextPageToken?: string };
    };
    const all = await page("");
    assert.ok(all.models.some(({ name }) => name === `models/${flash}`));
    const first = await page("?pageSize=5");
    const second = await page(`?pageSize=500&pageToken=${first.nextPageToken}`);
    assert.deepEqual([...first.models, ...second.models], all.models);

    const one = await fetch(`${sandbox.url}/v1/models/${flash}`, { headers });
    assert.equal(((await one.json()) as { outputTokenLimit: number }).outputTokenLimit, 65_536);
    const none = await fetch(`${sandbox.url}/v1beta/models/nothing`, { headers });
    assert.equal(none.status, 404);

    const direct = await post(sandbox, `${flash}:countTokens`, say("12345678"));
    assert.equal(((await direct.json()) as { totalTokens: number }).totalTokens, 2);
    const inner = { generateContentRequest: { model: `models/${flash}`, ...say("12345678") } };
    const whole = await post(sandbox, `${flash}:countTokens`, inner);
    assert.equal(((await whole.json()) as { totalTokens: number }).totalTokens, 2);

    for (const key of ["wrong", ""]) {
      const refused = await fetch(`${sandbox.url}/v1beta/models`, {
        headers: { "x-goog-api-key": key },
      });
      assert.equal(refused.status, 400);
      assert.match(await refused.text(), /"reason": "API_KEY_INVALID"/);
    }
  }));

test("wrong requests get the linter's answer", () =>
  using({}, async (sandbox) => {
    const unknown = await post(sandbox, "gpt-4o:generateContent", say("hi"));
    assert.equal(unknown.status, 404);
    const empty = await post(sandbox, `${flash}:streamGenerateContent?alt=sse`, { contents: [] });
    assert.equal(empty.status, 400);
    const broken = await post(sandbox, `${flash}:generateContent`, "{");
    assert.match(await broken.text(), /Invalid JSON payload received\./);
    const nowhere = await post(sandbox, `${flash}:sing`, say("hi"));
    assert.equal(nowhere.status, 404);
  }));

test("requests are recorded, as many as are asked for", () =>
  using({ record: 2 }, async (sandbox) => {
    for (const word of ["a", "b", "c"]) await generate(sandbox, flash, say(word));
    assert.deepEqual(
      sandbox.requests.map(({ body }) => body),
      [say("b"), say("c")],
    );
    const [{ method, path, headers } = assert.fail()] = sandbox.requests;
    assert.equal(method, "POST");
    assert.equal(path, `/v1beta/models/${flash}:generateContent`);
    assert.equal(headers["x-goog-api-key"], "sandbox-key-1");
  }));

test("500 streams at once all arrive whole, and nothing of them stays", { timeout: 60_000 }, () =>
  using({ record: 0 }, async (sandbox) => {
    const answers = await Promise.all(
      Array.from({ length: 500 }, (_, i) => stream(sandbox, flash, say(`number ${i}`))),
    );
    answers.forEach((events, i) => assert.ok(text(events).endsWith(`You said: number ${i}`)));
    // The server hears of its last byte a moment after the client has read it.
    while (sandbox.open > 0) await new Promise((resolve) => setImmediate(resolve));
    assert.equal(sandbox.departed, 0);
    assert.equal(sandbox.requests.length, 0);
  }),
);
