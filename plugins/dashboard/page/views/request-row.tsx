import { useState } from "preact/hooks";
import type { SeenExchange } from "../../src/page-api.ts";
import { compact, span, timeOf } from "../format.ts";
import { WordStatus } from "../parts/status.tsx";
import { filled, words } from "../words.ts";
import { Story } from "./story.tsx";

/** One request on a line; a click opens its story. */
export function RequestRow({ exchange }: { readonly exchange: SeenExchange }) {
  const [isOpen, setOpen] = useState(false);
  const { time, outcome, caller, firstEventMs, durationMs, id } = exchange;
  const place = `story-${id}`;
  return (
    <li class={outcome}>
      <button
        class="request-grid"
        type="button"
        aria-expanded={isOpen}
        aria-controls={isOpen ? place : undefined}
        onClick={() => setOpen(!isOpen)}
      >
        <span class="r-time">{timeOf(time)}</span>
        <span class="r-outcome">
          <WordStatus word={outcome} />
        </span>
        <Models exchange={exchange} />
        <Account exchange={exchange} />
        <Cell name={words.caller} text={caller} />
        <Cell
          name={words.firstToken}
          text={firstEventMs === undefined ? "–" : span(firstEventMs)}
        />
        <Cell name={words.total} text={span(durationMs)} />
        <Cell name={words.tokens} text={tokensOf(exchange)} />
      </button>
      {isOpen && (
        <div id={place}>
          <Story exchange={exchange} />
        </div>
      )}
    </li>
  );
}

function Cell({ name, text }: { readonly name: string; readonly text: string }) {
  return (
    <span class="r-cell">
      <span class="r-name">{name} </span>
      {text}
    </span>
  );
}

function Models({ exchange: { asked, model } }: { readonly exchange: SeenExchange }) {
  return (
    <span class="r-models">
      <b>{asked}</b>
      {model !== asked && <span class="served"> → {model}</span>}
    </span>
  );
}

function Account({ exchange }: { readonly exchange: SeenExchange }) {
  const { account, answeredBy, attempts } = exchange;
  const name =
    account ?? (answeredBy === undefined ? "–" : filled(words.answeredBy, { plugin: answeredBy }));
  return (
    <span class="r-cell">
      <span class="r-name">{words.account} </span>
      {name}
      {attempts > 1 && (
        <span class="times" title={`${words.attempts}: ${attempts}`}>
          {" "}
          ×{attempts}
        </span>
      )}
    </span>
  );
}

function tokensOf({ inputTokens, outputTokens }: SeenExchange): string {
  if (inputTokens === undefined || outputTokens === undefined) return "–";
  return `${compact(inputTokens)} → ${compact(outputTokens)}`;
}
