/** What is thrown at the gateway, each as a function that says what came back. */
import { once } from "node:events";
import { connect } from "node:net";
import type { Arena } from "./arena.ts";
import { fuzzRoutes, fuzzUpstream } from "./fuzz.ts";

export interface Attack {
  readonly name: string;
  /** What must hold, in words for the table. */
  readonly bound: string;
  /** Whether the accounts must not rest after an error, so that each request reaches the upstream. */
  readonly tireless?: boolean;
  run(arena: Arena): Promise<string>;
}

const mebibyte = 1024 * 1024;
const chat = (content: unknown) => ({
  model: "gemini-2.5-flash",
  messages: [{ role: "user", content }],
});

/** How often each status came, such as `200 ×3, 413 ×1`. */
function counted(statuses: readonly (number | string)[]): string {
  const counts = new Map<number | string, number>();
  for (const status of statuses) counts.set(status, (counts.get(status) ?? 0) + 1);
  return [...counts].map(([status, count]) => `${status} ×${count}`).join(", ");
}

async function posted(arena: Arena, path: string, ...bodies: readonly string[]): Promise<string> {
  const statuses: (number | string)[] = [];
  for (const body of bodies) statuses.push(await arena.post(path, body));
  return counted(statuses);
}

/** A multipart form of many fields with one name. */
function wideForm(fields: number): { readonly type: string; readonly body: string } {
  const field = '--b\r\ncontent-disposition: form-data; name="a"\r\n\r\n1\r\n';
  return { type: "multipart/form-data; boundary=b", body: `${field.repeat(fields)}--b--\r\n` };
}

const largeBodies: Attack = {
  name: "JSON of 20 to 50 MB: brackets, keys, messages, data URIs",
  bound: "pause ≤ 100 ms, no 500",
  run: (arena) =>
    posted(
      arena,
      "/v1/chat/completions",
      "[".repeat(50 * mebibyte),
      `{"a":${'{"a":'.repeat(4 * mebibyte)}`,
      JSON.stringify(
        Object.fromEntries(Array.from({ length: 1_000_000 }, (_, index) => [`k${index}`, 1])),
      ),
      JSON.stringify({
        model: "m",
        messages: Array.from({ length: 500_000 }, () => ({ role: "user", content: "a" })),
      }),
      JSON.stringify(
        chat([{ type: "image_url", image_url: { url: `data:${";".repeat(20 * mebibyte)},` } }]),
      ),
    ),
};

const base64 = (megabytes: number) => "iVBORw0K".repeat((megabytes * mebibyte) / 8);
const picture = (megabytes: number) => ({
  type: "image_url",
  image_url: { url: `data:image/png;base64,${base64(megabytes)}` },
});

const longBodies: Attack = {
  name: "50 MB of pictures and files in a request, on each wire",
  bound: "pause ≤ 100 ms, 200",
  async run(arena) {
    const source = { type: "base64", media_type: "image/png", data: base64(30) };
    const file = {
      type: "input_file",
      filename: "a.pdf",
      file_data: `data:application/pdf;base64,${base64(50)}`,
    };
    const model = "gemini-2.5-flash";
    return counted([
      await arena.post("/v1/chat/completions", JSON.stringify(chat([picture(50)]))),
      await arena.post(
        "/v1/chat/completions",
        JSON.stringify(chat(Array.from({ length: 25 }, () => picture(2)))),
      ),
      await arena.post(
        "/v1/responses",
        JSON.stringify({ model, input: [{ role: "user", content: [file] }] }),
      ),
      await arena.post(
        "/v1/messages",
        JSON.stringify({
          model,
          max_tokens: 9,
          messages: [{ role: "user", content: [{ type: "image", source }] }],
        }),
      ),
    ]);
  },
};

const longTexts: Attack = {
  name: "60 MB of escapes, of Chinese, and of 16,000 messages",
  bound: "pause ≤ 100 ms, 200",
  run: (arena) =>
    posted(
      arena,
      "/v1/chat/completions",
      JSON.stringify(chat("\u0001".repeat(10 * mebibyte))),
      JSON.stringify(chat("好".repeat(20 * mebibyte))),
      JSON.stringify({
        model: "gemini-2.5-flash",
        messages: Array.from({ length: 16_000 }, (_, index) => ({
          role: index % 2 === 0 ? "user" : "assistant",
          content: "a line of text ".repeat(240),
        })),
      }),
    ),
};

const wideForms: Attack = {
  name: "a form of 50,000 fields of one name, and one of 50,000 files",
  bound: "pause ≤ 100 ms, no 500",
  async run(arena) {
    const { type, body } = wideForm(50_000);
    const file = '--b\r\ncontent-disposition: form-data; name="a"; filename="f"\r\n\r\n1\r\n';
    const files = `${file.repeat(50_000)}--b--\r\n`;
    return counted([
      await arena.post("/v1/images/edits", body, type),
      await arena.post("/v1/audio/transcriptions", files, type),
    ]);
  },
};

const unreadAnswers: Attack = {
  name: "800 pipelined requests for a stored response of 7 MB, never read",
  bound: "memory ≤ 500 MB above the rest",
  async run(arena) {
    const text = "a".repeat(7 * mebibyte);
    const stored = await arena.json("/v1/responses", { model: "gemini-2.5-flash", input: text });
    const { hostname, port } = new URL(arena.url);
    const socket = connect(Number(port), hostname);
    socket.on("error", () => {});
    await once(socket, "connect");
    socket.pause();
    socket.write(
      `GET /v1/responses/${String(stored["id"])}/input_items HTTP/1.1\r\nHost: localhost\r\n\r\n`.repeat(
        800,
      ),
    );
    await arena.rest(2000);
    socket.destroy();
    return "connection left";
  },
};

function quotaError(message: string, retryDelay = "1s"): string {
  const details = [{ "@type": "RetryInfo", retryDelay }];
  return JSON.stringify({ error: { code: 429, message, details } });
}

const hostileErrors: Attack = {
  name: "error texts of 200 KB made for slow patterns, endless digits as a delay",
  bound: "pause ≤ 100 ms, an error of the upstream",
  tireless: true,
  async run(arena) {
    const statuses: (number | string)[] = [];
    for (const body of [
      "<".repeat(200_000),
      `<title>${"<title ".repeat(50_000)}`,
      quotaError("retry in ".repeat(30_000)),
      quotaError(`retry in ${"1".repeat(200_000)}`),
      quotaError("x", "1".repeat(200_000)),
      quotaError("x", "1.".repeat(100_000)),
    ]) {
      arena.upstream.next((call) => call.response.writeHead(429).end(body));
      statuses.push(await arena.post("/v1/chat/completions", JSON.stringify(chat("hi"))));
    }
    return counted(statuses);
  },
};

const endlessStreams: Attack = {
  name: "an upstream that sends comments, or a line without an end, for ten seconds",
  bound: "memory bounded, the gateway goes on",
  async run(arena) {
    const statuses: (number | string)[] = [];
    for (const piece of [": still here\n", `data: ${"a".repeat(mebibyte)}`]) {
      arena.upstream.next(({ response }) => {
        response.writeHead(200, { "content-type": "text/event-stream" });
        const timer = setInterval(() => response.write(piece), 20);
        setTimeout(() => {
          clearInterval(timer);
          response.destroy();
        }, 10_000);
      });
      const body = JSON.stringify({ ...chat("hi"), stream: true });
      statuses.push(await arena.post("/v1/chat/completions", body));
    }
    return counted(statuses);
  },
};

const slowClients: Attack = {
  name: "1,000 connections that send half a request and wait",
  bound: "others are answered meanwhile",
  async run(arena) {
    const { hostname, port } = new URL(arena.url);
    const sockets = Array.from({ length: 1000 }, () => connect(Number(port), hostname));
    for (const socket of sockets) {
      socket.on("error", () => {});
      socket.write(
        "POST /v1/chat/completions HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{",
      );
    }
    const status = await arena.post("/v1/chat/completions", JSON.stringify(chat("hi")));
    for (const socket of sockets) socket.destroy();
    return `beside them: ${status}`;
  },
};

const burst: Attack = {
  name: "300 requests of 1 MB at once",
  bound: "no 500, memory bounded",
  async run(arena) {
    const body = JSON.stringify(chat("a".repeat(mebibyte)));
    return counted(
      await Promise.all(
        Array.from({ length: 300 }, () => arena.post("/v1/chat/completions", body)),
      ),
    );
  },
};

export const attacks: readonly Attack[] = [
  wideForms,
  largeBodies,
  longBodies,
  longTexts,
  hostileErrors,
  endlessStreams,
  slowClients,
  burst,
  unreadAnswers,
  {
    name: "seeded fuzz of routes, fields, headers and paths",
    bound: "no undocumented 5xx",
    run: fuzzRoutes,
  },
  {
    name: "seeded fuzz of the upstream's answers",
    bound: "an answer or an error, never a hang",
    tireless: true,
    run: fuzzUpstream,
  },
];
