import type { ComponentChildren } from "preact";
import type { SeenExchange } from "../../src/page-api.ts";
import { compact, momentOf, span } from "../format.ts";
import { Status, WordStatus } from "../parts/status.tsx";
import { filled, words } from "../words.ts";

/** What became of a request, from its arrival to its end. */
export function Story({ exchange }: { readonly exchange: SeenExchange }) {
  const { asked, model, outcome, reason, advice, cause } = exchange;
  const beginning = asked === model ? words.startedSame : words.started;
  return (
    <div class="story">
      <ol class="steps">
        <li>{filled(beginning, { asked, model })}</li>
        <Tries exchange={exchange} />
        <li class={outcome}>
          <WordStatus word={outcome} />
          {reason !== undefined && <p class="reason">{reason}</p>}
          {advice !== undefined && (
            <p>
              <b>{words.whatToDo}:</b> {advice}
            </p>
          )}
          {cause !== undefined && (
            <p class="cause">
              <b>{words.cause}:</b> {cause}
            </p>
          )}
        </li>
      </ol>
      <Facts exchange={exchange} />
    </div>
  );
}

function Tries({ exchange }: { readonly exchange: SeenExchange }) {
  const { tries, account, model, attempts, firstEventMs = 0, waitMs = 0 } = exchange;
  const whole = attempts === 1 && account !== undefined;
  const all = tries ?? (whole ? [{ account, model, waitMs, firstEventMs }] : []);
  return (
    <>
      {all.map((one, index) => (
        <li key={index}>
          <Status tone={one.error === undefined ? "good" : "bad"}>
            {filled(words.attempt, { number: index + 1 })}
          </Status>{" "}
          <b>{one.account}</b> · {one.model}
          {one.waitMs > 0 && ` · ${filled(words.waited, { time: span(one.waitMs) })}`}
          {(one.error !== undefined || one.firstEventMs > 0) &&
            ` · ${filled(one.error === undefined ? words.attemptOk : words.attemptFailed, {
              time: span(one.firstEventMs),
            })}`}
          {one.reason !== undefined && (
            <p class="reason">
              {one.reason} <code>{one.error}</code>
            </p>
          )}
        </li>
      ))}
    </>
  );
}

function Facts({ exchange }: { readonly exchange: SeenExchange }) {
  const { id, time, address, caller, protocol, stream, status, durationMs } = exchange;
  const { inputTokens = 0, cachedTokens = 0, reasoningTokens = 0, outputTokens = 0 } = exchange;
  return (
    <dl class="story-facts">
      <Fact name={words.requestId}>
        <code>{id}</code>
      </Fact>
      <Fact name={words.time}>{momentOf(time)}</Fact>
      <Fact name={words.caller}>
        {caller}, {address}
      </Fact>
      <Fact name={words.protocol}>
        {protocol}, {stream ? words.streamed : words.whole}
      </Fact>
      <Fact name={words.status}>{String(status)}</Fact>
      <Fact name={words.total}>{span(durationMs)}</Fact>
      <Fact name={words.tokens}>
        {filled(words.tokenDetails, {
          in: compact(inputTokens),
          cached: compact(cachedTokens),
          thought: compact(reasoningTokens),
          out: compact(outputTokens),
        })}
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ComponentChildren }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
