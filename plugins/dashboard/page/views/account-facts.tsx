import type { ReportedAccount } from "../../src/page-api.ts";
import { ago, compact, countdown, percent } from "../format.ts";
import { now } from "../live.ts";
import { Bar } from "../parts/bar.tsx";
import { standingOf, WordStatus } from "../parts/status.tsx";
import { filled, words } from "../words.ts";

interface Of {
  readonly account: ReportedAccount;
}

/** The word for its state, and when it is back. */
export function Standing({ account }: Of) {
  const { rests = [] } = account;
  const word = standingOf(account);
  const back = Math.max(0, ...rests.map(({ until }) => until));
  const isResting = word === "resting" && back > now.value;
  return (
    <span class="standing">
      <WordStatus word={word} />
      {isResting && (
        <span class="back">{filled(words.backIn, { time: countdown(back - now.value) })}</span>
      )}
    </span>
  );
}

/** Why it rests, for each model. */
export function Rests({ account: { rests = [] } }: Of) {
  const open = rests.filter(({ until }) => until > now.value);
  if (open.length === 0) return null;
  return (
    <ul class="rests">
      {open.slice(0, 5).map(({ model, until, reason }) => (
        <li key={`${model} ${until}`}>
          <b>
            {filled(words.restsFor, {
              model: model ?? words.everyModel,
              time: countdown(until - now.value),
            })}
          </b>{" "}
          {reason}
        </li>
      ))}
    </ul>
  );
}

/** What the upstream told of what is left. */
export function Quotas({ account: { quotas } }: Of) {
  if (quotas.length === 0) return <span class="quiet">{words.noQuota}</span>;
  return (
    <ul class="quotas">
      {quotas.slice(0, 8).map(({ models, left, resetsAt, learntAt }) => (
        <li key={models}>
          <span class="quota-name">{models}</span>
          <span class="quota-left">{percent(left)}</span>
          <Bar part={left} tone={left < 0.15 ? "low" : "good"} />
          <small>
            {resetsAt !== undefined &&
              resetsAt > now.value &&
              `${filled(words.resetsIn, { time: countdown(resetsAt - now.value) })} · `}
            {filled(words.learnt, { ago: ago(learntAt, now.value) })}
          </small>
        </li>
      ))}
    </ul>
  );
}

/** What went through it today. */
export function Today({ account: { today } }: Of) {
  const { attempts, failures, inputTokens, outputTokens } = today;
  return (
    <span class="today">
      <span>
        <b>{compact(attempts)}</b>
        {failures > 0 && (
          <span class="failures"> · {filled(words.failedOf, { count: compact(failures) })}</span>
        )}
      </span>
      <small>
        {filled(words.inAndOut, { in: compact(inputTokens), out: compact(outputTokens) })}
      </small>
    </span>
  );
}

/** What it failed with last, in words. */
export function LastError({ account: { lastError } }: Of) {
  if (lastError === undefined) return <span class="quiet">{words.none}</span>;
  return (
    <span class="last-error">
      {lastError.reason} <small>{ago(lastError.at, now.value)}</small>
    </span>
  );
}
