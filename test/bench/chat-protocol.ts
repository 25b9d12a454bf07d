/** OpenAI's chat wire as the plugin mounts it, and a request that came with no HTTP around it. */
import { openai } from "@agproxy/plugin-openai";
import type { Caller, Incoming, PluginContext, Protocol } from "agproxy";

export async function chatProtocol(): Promise<Protocol> {
  const mounted = new Map<string, Protocol>();
  const context = {
    chat: (path, protocol) => void mounted.set(path, protocol),
    route: () => {},
    unserved: () => {},
  } satisfies Partial<PluginContext>;
  await openai().apply(context as unknown as PluginContext);
  const protocol = mounted.get("/v1/chat/completions");
  if (protocol === undefined) throw new Error("openai mounts no chat route");
  return protocol;
}

export function incoming(): Incoming {
  return {
    id: "bench",
    method: "POST",
    path: "/v1/chat/completions",
    query: new URLSearchParams(),
    headers: {},
    remoteAddress: "127.0.0.1",
    protocol: "http",
    receivedAt: 0,
    signal: new AbortController().signal,
    setHeader() {},
    noteIgnored() {},
  };
}

export const caller: Caller = { id: "bench", name: "bench" };
