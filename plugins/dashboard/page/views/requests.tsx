import { computed, signal } from "@preact/signals";
import type { SeenExchange } from "../../src/page-api.ts";
import { exchanges } from "../live.ts";
import { Choice } from "../parts/choice.tsx";
import { filled, words } from "../words.ts";
import { grouped } from "../format.ts";
import { RequestRow } from "./request-row.tsx";

type Outcome = "all" | SeenExchange["outcome"];

/** More would be slow to draw, and nobody reads them. */
const mostShown = 200;

const text = signal("");
const outcome = signal<Outcome>("all");
/** What was there when the user paused. */
const paused = signal<readonly SeenExchange[] | undefined>(undefined);

const fitting = computed(() => {
  const parts = text.value.toLowerCase().split(/\s+/).filter(Boolean);
  return (paused.value ?? exchanges.value).filter(
    (one) =>
      (outcome.value === "all" || one.outcome === outcome.value) &&
      parts.every((part) => searched(one).includes(part)),
  );
});

function searched({ id, asked, model, account, caller, address, error, reason }: SeenExchange) {
  return [id, asked, model, account, caller, address, error, reason].join(" ").toLowerCase();
}

export function Requests() {
  const shown = fitting.value.slice(0, mostShown);
  return (
    <>
      <Filters />
      {shown.length === 0 ? (
        <p class="empty-note">{exchanges.value.length === 0 ? words.noRequests : words.noneFit}</p>
      ) : (
        <>
          <Heads />
          <ul class="requests">
            {shown.map((exchange) => (
              <RequestRow key={`${exchange.id} ${exchange.time}`} exchange={exchange} />
            ))}
          </ul>
          <p class="quiet count">
            {filled(words.shownOf, {
              shown: grouped(shown.length),
              count: grouped(fitting.value.length),
            })}
          </p>
        </>
      )}
    </>
  );
}

function Filters() {
  const isPaused = paused.value !== undefined;
  return (
    <div class="toolbar">
      <label class="field search">
        <span>{words.filter}</span>
        <input
          type="search"
          value={text.value}
          placeholder={words.filterHow}
          onInput={(event) => (text.value = event.currentTarget.value)}
        />
      </label>
      <Choice
        label={words.outcome}
        value={outcome.value}
        options={(["all", "ok", "failed", "aborted"] as const).map((value) => ({
          value,
          text: words[value],
        }))}
        onChange={(value) => (outcome.value = value)}
      />
      <button
        class="button"
        type="button"
        onClick={() => (paused.value = isPaused ? undefined : exchanges.value)}
      >
        {isPaused ? words.resume : words.pause}
      </button>
    </div>
  );
}

/** For the eye: each row says its own for screen readers. */
function Heads() {
  const heads = [
    words.time,
    words.outcome,
    words.model,
    words.account,
    words.caller,
    words.firstToken,
    words.total,
    words.tokens,
  ];
  return (
    <div class="request-grid request-heads" aria-hidden="true">
      {heads.map((head) => (
        <span key={head}>{head}</span>
      ))}
    </div>
  );
}
