/** What the gateway tells while the page is open. */
import { computed, signal } from "@preact/signals";
import type { GatewayState, Refusal, SeenExchange, Start } from "../src/page-api.ts";
import { addressOf, learnSession } from "./gateway.ts";

/** The latest that are shown and charted. */
const mostExchanges = 5000;
const mostRefusals = 500;

export const state = signal<GatewayState | undefined>(undefined);
/** The latest first. */
export const exchanges = signal<readonly SeenExchange[]>([]);
export const refusals = signal<readonly Refusal[]>([]);
export const isConnected = signal(false);
/** Ticks each second, for countdowns. */
export const now = signal(Date.now());

export const waiting = computed(() =>
  Object.values(state.value?.waiting ?? {}).reduce((sum, count) => sum + count, 0),
);

const lostAfterMs = 5000;

let source: EventSource | undefined;
let losing: ReturnType<typeof setTimeout> | undefined;

/** Begins to listen; the browser connects again by itself. */
export function listen(): void {
  source?.close();
  const events = new EventSource(addressOf("live"));
  source = events;
  events.addEventListener("start", ({ data }) => {
    const start = JSON.parse(String(data)) as Start;
    state.value = start.state;
    exchanges.value = merged(exchanges.value, start.exchanges, mostExchanges);
    refusals.value = merged(refusals.value, start.refusals, mostRefusals);
    clearTimeout(losing);
    isConnected.value = true;
  });
  events.addEventListener("state", ({ data }) => {
    state.value = JSON.parse(String(data)) as GatewayState;
  });
  events.addEventListener("news", ({ data }) => {
    const news = JSON.parse(String(data)) as Pick<Start, "exchanges" | "refusals">;
    // What the start has told already may be among them.
    exchanges.value = merged(exchanges.value, news.exchanges, mostExchanges);
    refusals.value = merged(refusals.value, news.refusals, mostRefusals);
  });
  events.addEventListener("error", () => {
    // A stream has an end, after which the browser soon connects again: nothing to tell of.
    clearTimeout(losing);
    losing = setTimeout(() => (isConnected.value = false), lostAfterMs);
    // A refusal is final, while a break is mended by the browser: ask which it is.
    if (events.readyState === EventSource.CLOSED) void retry();
  });
}

export function hush(): void {
  source?.close();
  isConnected.value = false;
}

async function retry(): Promise<void> {
  await new Promise((resolve) => {
    setTimeout(resolve, 2000);
  });
  await learnSession().then(listen, retry);
}

/** The latest first: what is told, and what is known and not told again. */
function merged<Item extends { readonly id: string; readonly time: number }>(
  known: readonly Item[],
  told: readonly Item[],
  most: number,
): readonly Item[] {
  const keyOf = ({ id, time }: Item) => `${id} ${time}`;
  const seen = new Set(told.map(keyOf));
  const rest = known.filter((item) => !seen.has(keyOf(item)));
  return [...told.toReversed(), ...rest]
    .toSorted((one, other) => other.time - one.time)
    .slice(0, most);
}

setInterval(() => {
  now.value = Date.now();
}, 1000);
