/** Speaks to `/v1/responses` over a WebSocket. */
import assert from "node:assert/strict";
import type { Json } from "./response-client.ts";

const terminals = new Set([
  "response.completed",
  "response.incomplete",
  "response.failed",
  "error",
]);

/** A connection whose turns are asked for one after the other. */
export async function connect(url: string, headers: Readonly<Record<string, string>> = {}) {
  const socket = new WebSocket(`${url.replace("http", "ws")}/v1/responses`, {
    headers: { ...headers },
  });
  const waiting: ((event: Json) => void)[] = [];
  const arrived: Json[] = [];
  socket.addEventListener("message", ({ data }) => {
    const event = JSON.parse(String(data)) as Json;
    const take = waiting.shift();
    if (take === undefined) arrived.push(event);
    else take(event);
  });
  await new Promise((resolve, reject) => {
    socket.addEventListener("open", resolve);
    socket.addEventListener("error", reject);
  });
  const next = () => {
    const event = arrived.shift();
    if (event !== undefined) return Promise.resolve(event);
    return new Promise<Json>((resolve) => {
      waiting.push(resolve);
    });
  };
  const closed = new Promise<number>((resolve) => {
    socket.addEventListener("close", ({ code }) => resolve(code), { once: true });
  });
  /** The events up to one that ends the turn. */
  async function events(): Promise<readonly Json[]> {
    const all = [await next()];
    while (!terminals.has(String(all.at(-1)?.["type"]))) all.push(await next());
    return all;
  }
  return {
    next,
    events,
    closed,
    send: (text: string) => socket.send(text),
    ask: (body: object) =>
      socket.send(JSON.stringify({ type: "response.create", model: "m", ...body })),
    async turn(body: object): Promise<Json> {
      this.ask(body);
      const last = (await events()).at(-1);
      assert.equal(last?.["type"], "response.completed", JSON.stringify(last));
      return last["response"] as Json;
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      await closed;
    },
  };
}
