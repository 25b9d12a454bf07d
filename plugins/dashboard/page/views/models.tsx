import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { ModelExplanation } from "../../src/page-api.ts";
import { countdown } from "../format.ts";
import { read } from "../gateway.ts";
import { now } from "../live.ts";
import { learnModels, models } from "../models.ts";
import { tried } from "../parts/notice.tsx";
import { WordStatus } from "../parts/status.tsx";
import { filled, words } from "../words.ts";

const asked = signal("gpt-4o");
const explanation = signal<ModelExplanation | undefined>(undefined);
const mostListed = 300;

function explain(model: string): Promise<void> {
  asked.value = model;
  return tried(async () => {
    explanation.value = await read<ModelExplanation>(`explain?model=${encodeURIComponent(model)}`);
  });
}

export function Models() {
  useEffect(() => {
    void tried(learnModels);
    void explain(asked.value);
  }, []);
  return (
    <div class="sections">
      <section>
        <h2>{words.explainWhat}</h2>
        <form
          class="toolbar"
          onSubmit={(event) => {
            event.preventDefault();
            void explain(asked.value);
          }}
        >
          <label class="field search">
            <span>{words.model}</span>
            <input
              value={asked.value}
              required
              onInput={(event) => (asked.value = event.currentTarget.value)}
            />
          </label>
          <button class="button primary" type="submit">
            {words.explain}
          </button>
        </form>
        <div aria-live="polite">{explanation.value && <Explained of={explanation.value} />}</div>
      </section>
      <section>
        <h2>{words.knownModels}</h2>
        <ul class="names">
          {models.value.slice(0, mostListed).map((name) => (
            <li key={name}>
              <button class="button" type="button" onClick={() => void explain(name)}>
                {name}
              </button>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function Explained({ of }: { readonly of: ModelExplanation }) {
  const { asked, model, reasons, accounts } = of;
  return (
    <div class="card explained">
      <p class="mapping">
        <b>{asked}</b> {asked === model ? words.sentAsIs : words.mappedTo}{" "}
        {asked !== model && <b>{model}</b>}
      </p>
      {reasons.length === 0 ? (
        <p class="quiet">{words.noReason}</p>
      ) : (
        <ul class="reasons">
          {reasons.map(({ plugin, reason }) => (
            <li key={plugin}>
              <code>{plugin}</code> {reason}
            </li>
          ))}
        </ul>
      )}
      <h3>{accounts.length === 0 ? words.noServing : words.wouldAsk}</h3>
      <ol class="ranked">
        {accounts.slice(0, 50).map((account) => (
          <RankedAccount key={account.label} of={account} />
        ))}
      </ol>
    </div>
  );
}

function RankedAccount({ of }: { readonly of: ModelExplanation["accounts"][number] }) {
  const { label, upstream, standing, reason, until } = of;
  return (
    <li>
      <b>{label}</b> <small>{upstream}</small> <WordStatus word={standing} />
      {until !== undefined && until > now.value && (
        <small> {filled(words.backIn, { time: countdown(until - now.value) })}</small>
      )}
      {reason !== undefined && <p class="reason">{reason}</p>}
    </li>
  );
}
