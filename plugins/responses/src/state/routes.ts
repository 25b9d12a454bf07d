import {
  AgproxyError,
  type JsonObject,
  type PluginContext,
  type RouteRequest,
  type RouteResult,
  wrong,
  type Query,
} from "@agproxy/core";
import { type Runs, interruptedResponse } from "../background/runs.ts";
import type { Archive, StoredResponse } from "./archive.ts";
import { history, missingResponse } from "./recalled-items.ts";

/**
 * The routes of stored responses. Another caller's response is answered like one that does not exist.
 * Source: https://platform.openai.com/docs/api-reference/responses/get and the pages after it
 */
export function stateRoutes(agproxy: PluginContext, archive: Archive, runs: Runs): void {
  const path = "/v1/responses/:response_id";

  async function find(request: RouteRequest): Promise<StoredResponse> {
    const record = await archive.load(request.caller, idOf(request));
    if (record === undefined) throw missingResponse(idOf(request));
    return record;
  }

  /** A response as it is now; an unfinished one that no instance is writing any more has failed. */
  async function current(request: RouteRequest): Promise<JsonObject> {
    const { response } = await find(request);
    if (!isOpen(response)) return response;
    const run = runs.find(request.caller, idOf(request));
    if (run !== undefined) return { ...response, status: run.status };
    const isWritten = await archive.hasHeartbeat(request.caller, idOf(request));
    // It may have ended since it was found.
    const { response: latest } = await find(request);
    return isWritten || !isOpen(latest) ? latest : interruptedResponse(latest);
  }

  agproxy.route("GET", path, async (request) => {
    if (request.incoming.query.get("stream") === "true")
      return resumed(request, archive, runs, await find(request));
    return { body: await current(request) };
  });

  agproxy.route("DELETE", path, async (request) => {
    const id = idOf(request);
    const run = runs.find(request.caller, id);
    if (run !== undefined) await runs.cancel(run);
    if (!(await archive.delete(request.caller, id))) throw missingResponse(id);
    return { body: { id, object: "response", deleted: true } };
  });

  agproxy.route("POST", `${path}/cancel`, async (request) => {
    const { response } = await find(request);
    if (response["background"] !== true) throw uncancellable;
    const run = runs.find(request.caller, idOf(request));
    if (run !== undefined) await runs.cancel(run);
    return { body: await current(request) };
  });

  agproxy.route("GET", `${path}/input_items`, async (request) => {
    const record = await find(request);
    const before =
      record.previous === undefined ? [] : await history(archive, request.caller, record.previous);
    return { body: itemPage([...before, ...record.input], request.incoming.query) };
  });
}

function idOf({ params }: RouteRequest): string {
  return params["response_id"] ?? "";
}

/** The stream of a background response after an event, whether it is still written or has ended. */
async function resumed(
  request: RouteRequest,
  archive: Archive,
  runs: Runs,
  { response }: StoredResponse,
): Promise<RouteResult> {
  const { incoming, caller } = request;
  const id = idOf(request);
  const after = Number(incoming.query.get("starting_after") ?? -1);
  if (!Number.isInteger(after) || after < -1)
    throw wrong("starting_after", "the sequence number of an event");
  const run = runs.find(caller, id);
  if (run?.streamed === true) return { stream: run.frames.follow(after, incoming.signal) };
  const frames = run === undefined ? await archive.loadFrames(caller, id) : undefined;
  if (frames === undefined) throw unstreamable(response);
  return { stream: once(frames.slice(after + 1).join("")) };
}

async function* once(frames: string): AsyncGenerator<string, void, undefined> {
  if (frames !== "") yield frames;
}

function isOpen({ status }: JsonObject): boolean {
  return status === "queued" || status === "in_progress";
}

const uncancellable = new AgproxyError(
  "invalid_request",
  "Only responses with `background: true` can be cancelled.",
  { advice: "To stop any other response, close its connection." },
);

function unstreamable({ background }: JsonObject): AgproxyError {
  const why =
    background === true
      ? "This response has no stream here: it was created without `stream: true`, or is written by another instance."
      : "This response cannot be streamed again: it was not created with `background: true`.";
  return new AgproxyError("invalid_request", why, {
    param: "stream",
    advice: "Leave out `stream`.",
  });
}

/**
 * One page of items, by `limit`, `order`, `after` and `before` of the query.
 * Source: https://platform.openai.com/docs/api-reference/responses/input-items
 */
function itemPage(items: readonly JsonObject[], query: Query) {
  const order = query.get("order") ?? "desc";
  if (order !== "asc" && order !== "desc") throw wrong("order", "asc or desc");
  const limit = Number(query.get("limit") ?? 20);
  if (!Number.isInteger(limit) || limit < 1 || limit > 100) {
    throw wrong("limit", "an integer from 1 to 100");
  }
  const ordered = order === "asc" ? items : items.toReversed();
  const after = indexOf(ordered, query, "after");
  const before = indexOf(ordered, query, "before");
  const rest = ordered.slice(after === undefined ? 0 : after + 1, before);
  const data = rest.slice(0, limit);
  return {
    object: "list",
    data,
    first_id: data[0]?.["id"] ?? "",
    last_id: data.at(-1)?.["id"] ?? "",
    has_more: rest.length > data.length,
  };
}

function indexOf(
  items: readonly JsonObject[],
  query: Query,
  key: "after" | "before",
): number | undefined {
  const id = query.get(key);
  if (id === null) return undefined;
  const index = items.findIndex((item) => item["id"] === id);
  if (index === -1) throw wrong(key, "the id of an item of this response");
  return index;
}
