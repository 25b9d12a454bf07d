/** What becomes of a request field: seen from outside, by what goes upstream and what comes back. */
import { anthropic } from "@agproxy/plugin-anthropic";
import { audio } from "@agproxy/plugin-audio";
import { embeddings } from "@agproxy/plugin-embeddings";
import { files } from "@agproxy/plugin-files";
import { gemini } from "@agproxy/plugin-gemini";
import { geminiNative } from "@agproxy/plugin-gemini-native";
import { images } from "@agproxy/plugin-images";
import { modelMapping } from "@agproxy/plugin-model-mapping";
import { openai } from "@agproxy/plugin-openai";
import { responses } from "@agproxy/plugin-responses";
import { startSandbox } from "@agproxy/plugin-sandbox";
import { startGateway } from "agproxy/testing";
import type { Body, Change, CoveredRoute } from "./covered-route.ts";

export type Verdict = "honoured" | "ignored by name" | "refused" | "unseen";

export interface CoveredField {
  readonly field: string;
  readonly verdict: Verdict;
  /** Why an unseen field is right to be so. */
  readonly why?: string;
}

/** What a request did, as text that is equal for equal requests. */
interface Effect {
  readonly status: number;
  readonly param: string | undefined;
  readonly ignored: readonly string[];
  readonly seen: string;
}

/** Sends every field of a route, each added to a request that works. */
export async function coverageOf(route: CoveredRoute): Promise<readonly CoveredField[]> {
  await using upstream = await startSandbox();
  const { accounts, url: baseUrl } = upstream;
  await using gateway = await startGateway({
    plugins: [
      openai(),
      responses(),
      anthropic(),
      geminiNative(),
      embeddings(),
      images(),
      audio(),
      files(),
      modelMapping(),
      gemini({ accounts, baseUrl }),
    ],
  });

  async function effect(body: Body): Promise<Effect> {
    const before = new Set(upstream.requests);
    const answer = await fetch(gateway.url + route.path, { method: "POST", ...sent(route, body) });
    const text = await answer.text();
    // By identity, not by number: the sandbox keeps only the latest.
    const fresh = upstream.requests.filter((request) => !before.has(request));
    const asked = fresh.map((request) => [request.path, request.body]);
    const type = answer.headers.get("content-type") ?? "";
    const ignored = answer.headers.get("x-agproxy-ignored") ?? "";
    return {
      status: answer.status,
      param: answer.ok ? undefined : paramOf(text),
      ignored: ignored.split(", "),
      seen: JSON.stringify([type, asked, answerOf(text)]),
    };
  }

  const fields: CoveredField[] = [];
  for (const [field, change] of Object.entries(route.fields)) {
    const [without, added] = isPair(change) ? change : [withoutLast(change), change];
    fields.push(
      judge(
        route,
        field,
        await effect({ ...route.base, ...without }),
        await effect({ ...route.base, ...added }),
      ),
    );
  }
  return fields;
}

function isPair(change: Change): change is readonly [Body, Body] {
  return Array.isArray(change);
}

function withoutLast(change: Body): Body {
  return Object.fromEntries(Object.entries(change).slice(0, -1));
}

function judge(route: CoveredRoute, field: string, without: Effect, added: Effect): CoveredField {
  if (added.status >= 400) {
    const isNamed = added.param !== undefined && matches(field, added.param);
    if (isNamed) return { field, verdict: "refused" };
    throw new Error(`${route.path} ${field}: ${added.status} that names ${added.param}`);
  }
  if (added.ignored.some((name) => matches(field, name)))
    return { field, verdict: "ignored by name" };
  const why = route.unseen?.[field];
  if (added.seen !== without.seen) return { field, verdict: "honoured" };
  return why === undefined ? { field, verdict: "unseen" } : { field, verdict: "unseen", why };
}

/** Whether a path such as `messages[0].name` is that of a field such as `messages[].name`, or leads to it. */
function matches(field: string, path: string): boolean {
  const [a, b] = [withoutPlaces(field), withoutPlaces(path)];
  if (a === b || a.startsWith(`${b}.`) || b.startsWith(`${a}.`)) return true;
  // An upstream knows the vocabulary, not the path on the wire.
  return !path.includes(".") && field.endsWith(`.${path}`);
}

function withoutPlaces(path: string): string {
  return path.replaceAll(/\[\d*\]/g, "");
}

function paramOf(text: string): string | undefined {
  const { error } = JSON.parse(text) as {
    error: Blame & { details?: readonly { metadata?: Blame }[] };
  };
  return (error.details?.[0]?.metadata ?? error).param ?? undefined;
}

interface Blame {
  readonly param?: string | null;
}

/** An answer without what differs from one to the next, and without the fields in which a response repeats the request. */
function answerOf(text: string): string {
  const plain = withoutChance(text);
  if (!/"object":\s*"response"/.test(plain)) return plain;
  if (!plain.startsWith("{")) return plain.replaceAll(/"response":\{.*\}/g, "");
  const { status, output, usage, choices } = JSON.parse(plain) as Readonly<Record<string, unknown>>;
  return JSON.stringify({ status, output, usage, choices });
}

function withoutChance(text: string): string {
  return text
    .replaceAll(
      /\b(?:chatcmpl|cmpl|call|resp|msg|rs|fc|ctc|cmp|ws|ci|srvtoolu|file)[-_][\w-]+/g,
      "ID",
    )
    .replaceAll(/"(?:created|created_at|completed_at)":\s?\d+/g, '"created":0')
    .replaceAll(/"signature":"[^"]+"/g, '"signature":"…"')
    .replaceAll(/"encrypted_content":"[^"]+"/g, '"encrypted_content":"…"');
}

function sent(route: CoveredRoute, body: Body): RequestInit {
  if (route.files === undefined) {
    return { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  }
  const form = new FormData();
  for (const [name, value] of Object.entries(body)) {
    if (value === "file") form.append(name, new File([png], "mask.png", { type: "image/png" }));
    else form.append(name, String(value));
  }
  for (const [name, { name: filename, type }] of Object.entries(route.files)) {
    form.append(name, new File([type === "image/png" ? png : wav], filename, { type }));
  }
  return { body: form };
}

const png = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGNgYGBgAAAABQABpfZFQAAAAABJRU5ErkJggg==",
  "base64",
);
const wav = Buffer.from("UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=", "base64");
