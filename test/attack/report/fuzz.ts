/** Requests and answers that a seed decides, so that what breaks something can be sent again. */
import type { Body } from "../../api-fields/covered-route.ts";
import { coveredRoutes } from "../../api-fields/fields.ts";
import { said, sse } from "../../support/gemini-server.ts";
import { hostileObjects, hostileTexts, hostileValues } from "../../support/hostile-values.ts";
import type { Arena } from "./arena.ts";

const seed = Number(process.env["AGPROXY_FUZZ_SEED"] ?? 17);
const requests = Number(process.env["AGPROXY_FUZZ_REQUESTS"] ?? 50_000);
const concurrency = 16;

/** A generator of numbers from 0 to 1: mulberry32. Source: https://gist.github.com/tommyettinger/46a874533244883189143505d203312c */
function random(from: number): () => number {
  let state = from;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mix = Math.imul(state ^ (state >>> 15), 1 | state);
    mix = (mix + Math.imul(mix ^ (mix >>> 7), 61 | mix)) ^ mix;
    return ((mix ^ (mix >>> 14)) >>> 0) / 4_294_967_296;
  };
}

type Random = () => number;
const pick = <T>(list: readonly T[], chance: Random): T =>
  list[Math.floor(chance() * list.length)]!;

/** The same value with a hostile one in some place. */
function mutated(value: unknown, chance: Random): unknown {
  if (typeof value !== "object" || value === null || chance() < 0.15) {
    return chance() < 0.5 ? pick(hostileValues, chance) : pick(hostileObjects, chance);
  }
  const keys = Object.keys(value);
  const key =
    keys.length === 0 || chance() < 0.05 ? pick(hostileTexts, chance) : pick(keys, chance);
  const inner = (value as Body)[key];
  const next = mutated(inner, chance);
  if (!Array.isArray(value)) return { ...value, [key]: next };
  return value.map((item: unknown, index) => (String(index) === key ? next : item));
}

const routes = coveredRoutes.filter(({ files }) => files === undefined);

/** Runs `send` for every request, some at a time, and counts what came of them. */
async function counted(count: number, send: (chance: Random) => Promise<number | string>) {
  const counts = new Map<number | string, number>();
  const chances = Array.from({ length: count }, (_, index) => index).values();
  const work = async () => {
    for (const index of chances) {
      const status = await send(random(seed * 1_000_003 + index));
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
  };
  await Promise.all(Array.from({ length: concurrency }, work));
  return [...counts]
    .toSorted(([a], [b]) => String(a).localeCompare(String(b)))
    .map(([status, times]) => `${status} ×${times}`)
    .join(", ");
}

/** Every route with bodies in which something is another value, some streamed, and some that are no JSON. */
export function fuzzRoutes(arena: Arena): Promise<string> {
  return counted(requests, async (chance) => {
    const route = pick(routes, chance);
    const change = pick(Object.values(route.fields), chance);
    const added: Body = Array.isArray(change) ? (change as readonly Body[])[1]! : (change as Body);
    const body = mutated({ ...route.base, ...added }, chance);
    const text = JSON.stringify(body) ?? "";
    const cut = chance() < 0.03 ? text.slice(0, Math.floor(chance() * text.length)) : text;
    return arena.post(route.path, cut);
  });
}

const parts: readonly unknown[] = [
  { text: "Hello" },
  { text: "Hm", thought: true },
  { functionCall: { name: "get_weather", args: { city: "Taipei" } } },
  { inlineData: { mimeType: "image/png", data: "AAAA" } },
  { executableCode: { language: "PYTHON", code: "1" } },
  { text: "signed", thoughtSignature: "c2ln" },
];

/** Answers of the upstream with hostile values in them, cut anywhere, in the right form or another. */
export async function fuzzUpstream(arena: Arena): Promise<string> {
  let number = 0;
  arena.upstream.always(({ response, streamed }) => {
    const chance = random(seed * 7_000_003 + (number += 1));
    const payload = { ...said("Hello", "STOP"), ...(chance() < 0.5 && contents(chance)) };
    const body = mutated(payload, chance);
    const text = streamed ? sse(body) + sse(said("", "STOP")) : JSON.stringify(body ?? null);
    const bytes = Buffer.from(text);
    const isCut = chance() < 0.2;
    response.writeHead(chance() < 0.1 ? pick([204, 206, 301, 400, 429, 500, 503], chance) : 200, {
      "content-type": chance() < 0.9 === streamed ? "text/event-stream" : "application/json",
    });
    response.end(isCut ? bytes.subarray(0, Math.floor(chance() * bytes.length)) : bytes);
  });
  try {
    return await counted(Math.ceil(requests / 10), (chance) => {
      const stream = chance() < 0.5;
      const path = pick(["/v1/chat/completions", "/v1/responses"], chance);
      const asked =
        path === "/v1/responses"
          ? { input: "hi" }
          : { messages: [{ role: "user", content: "hi" }] };
      return arena.post(path, JSON.stringify({ model: "gemini-2.5-flash", stream, ...asked }));
    });
  } finally {
    arena.upstream.always();
  }
}

function contents(chance: Random): object {
  const content = { role: "model", parts: [pick(parts, chance), pick(parts, chance)] };
  return {
    candidates: [
      { index: 0, content, finishReason: pick(["STOP", "MAX_TOKENS", "SAFETY", "OTHER"], chance) },
    ],
  };
}
