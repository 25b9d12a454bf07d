import { once } from "node:events";
import type { ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { Accounts, type NamedAccount } from "./accounts.ts";
import type { Failure } from "./failure.ts";
import { readSandboxOptions, type SandboxOptions } from "../options.ts";
import { wasCut } from "./playback.ts";
import { respond } from "./reply.ts";
import { RequestRecord, type SandboxRequest } from "./request-record.ts";

// Loaded as CommonJS: the ES module brings everything behind `fetch`, 50 ms of CPU at every start.
const { createServer } = process.getBuiltinModule("node:http");

/** A running sandbox. */
export interface Sandbox extends AsyncDisposable {
  /** `http://127.0.0.1:PORT`, the base URL of a Gemini API. */
  readonly url: string;
  readonly accounts: readonly NamedAccount[];
  /** The last requests, oldest first. A live list. */
  readonly requests: readonly SandboxRequest[];
  /** Requests that are being answered now. */
  readonly open: number;
  /** Clients that left before their answer was complete. */
  readonly departed: number;
  /** Resolves once so many clients have left since the start. */
  untilDeparted(count?: number): Promise<void>;
  /** Sets how an account fails from now on; undefined lets it work again. Throws for an unknown label. */
  fail(label: string, failure: Failure | readonly Failure[] | undefined, times?: number): void;
  /** Breaks off what is open and frees the port. */
  close(): Promise<void>;
}

/** Starts a server that speaks the Gemini API on a free loopback port, with no model behind it. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const {
    accounts: given = 3,
    paceMs = 0,
    retryDelay = "30s",
    record = 100,
  } = readSandboxOptions(options);
  const accounts = new Accounts(given);
  const requests = new RequestRecord(record);
  const departures = new Departures();
  let open = 0;
  let number = 0;
  const server = createServer((request, response) => {
    open += 1;
    number += 1;
    watch(response, () => (open -= 1), departures);
    void respond(request, response, { accounts, requests, paceMs, retryDelay, number });
  });
  // A pooled connection must outlive the pause between two requests, or the second one is sent into a closed socket.
  server.keepAliveTimeout = 60_000;
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // The gateway decides when the process ends; this server must not keep it alive.
  server.unref();
  const { port } = server.address() as AddressInfo;
  const close = async () => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    accounts: accounts.list,
    requests: requests.list,
    get open() {
      return open;
    },
    get departed() {
      return departures.count;
    },
    untilDeparted: (count = 1) => departures.reached(count),
    fail: (label, failure, times) => accounts.fail(label, failure, times),
    close,
    [Symbol.asyncDispose]: close,
  };
}

function watch(response: ServerResponse, done: () => void, departures: Departures): void {
  response.once("close", () => {
    done();
    if (!response.writableFinished && !wasCut(response)) departures.add();
  });
}

/** Counts clients that left before their answer was complete, and lets a test wait for one. */
class Departures {
  count = 0;
  #waiting: { readonly atLeast: number; readonly resolve: () => void }[] = [];

  add(): void {
    this.count += 1;
    const met = this.#waiting.filter(({ atLeast }) => atLeast <= this.count);
    this.#waiting = this.#waiting.filter(({ atLeast }) => atLeast > this.count);
    for (const { resolve } of met) resolve();
  }

  /** Resolves once so many clients have left since the start. */
  reached(atLeast: number): Promise<void> {
    if (this.count >= atLeast) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.push({ atLeast, resolve });
    });
  }
}
