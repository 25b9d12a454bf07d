import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { CallerKey, Callers as Known } from "../../src/page-api.ts";
import { compact, countdown, dayOf, momentOf } from "../format.ts";
import { read } from "../gateway.ts";
import { now } from "../live.ts";
import { Bar } from "../parts/bar.tsx";
import { tried } from "../parts/notice.tsx";
import { WordStatus } from "../parts/status.tsx";
import { filled, words } from "../words.ts";
import { RecentUse, Refusals } from "./caller-use.tsx";

const known = signal<Known | undefined>(undefined);
const againMs = 5000;

export function Callers() {
  useEffect(() => {
    const learn = () => void tried(async () => void (known.value = await read<Known>("callers")));
    learn();
    const timer = setInterval(learn, againMs);
    return () => clearInterval(timer);
  }, []);
  const { keys, asksForKeys = false, admission } = known.value ?? {};
  return (
    <div class="sections">
      <section>
        <h2>{words.keys}</h2>
        <p class="quiet">
          {asksForKeys ? words.keysNeeded : words.noKeysNeeded}{" "}
          {keys !== undefined && words.keysHow}
        </p>
        {keys !== undefined && <Keys keys={keys} />}
      </section>
      <section>
        <h2>{words.recentUse}</h2>
        <RecentUse />
      </section>
      <section>
        <h2>{words.refusals}</h2>
        {admission !== undefined && (
          <p class="quiet">
            {words.mayAsk}: {admission}
          </p>
        )}
        <Refusals />
      </section>
    </div>
  );
}

function Keys({ keys }: { readonly keys: readonly CallerKey[] }) {
  if (keys.length === 0) return <p class="empty-note">{words.noKeys}</p>;
  return (
    <ul class="cards">
      {keys.map((key, index) => (
        <Key key={`${key.name} ${index}`} of={key} />
      ))}
    </ul>
  );
}

function Key({ of }: { readonly of: CallerKey }) {
  const { name, prefix, status, models, limits, lastUsed, expires } = of;
  return (
    <li class="card">
      <div class="card-head">
        <h3>{name}</h3>
        <WordStatus word={status} />
      </div>
      <p class="upstream">
        {prefix !== undefined && <code>{prefix}…</code>} {models?.join(", ") ?? words.allModels}
      </p>
      <ul class="quotas">
        {limits.map(({ name, used, limit, resetsAt }) => (
          <li key={name}>
            <span class="quota-name">{name}</span>
            <span class="quota-left">
              {filled(words.limitLine, {
                used: compact(used),
                limit: compact(limit),
                time: countdown(resetsAt - now.value),
              })}
            </span>
            <Bar part={used / limit} tone={used / limit > 0.85 ? "low" : "good"} />
          </li>
        ))}
      </ul>
      <p class="quiet">
        {limits.length === 0 && `${words.noLimits} · `}
        {words.lastUsed}: {lastUsed === undefined ? "–" : momentOf(lastUsed)}
        {expires !== undefined && ` · ${words.expires}: ${dayOf(expires)}`}
      </p>
    </li>
  );
}
