import type { Incoming } from "../hooks/stages.ts";

/** A request that nobody sent, for asking hooks what they would answer. */
export function probeIncoming(path: string): Incoming {
  return {
    id: "probe",
    method: "POST",
    path,
    query: new URLSearchParams(),
    headers: {},
    remoteAddress: "127.0.0.1",
    protocol: "http",
    receivedAt: Date.now(),
    signal: new AbortController().signal,
    setHeader: () => {},
    noteIgnored: () => {},
  };
}
