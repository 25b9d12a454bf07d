import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { answer, ask, isAsking, stopAsking, type Tried } from "../chat-call.ts";
import { span } from "../format.ts";
import { learnModels, models } from "../models.ts";
import { tried } from "../parts/notice.tsx";
import { filled, words } from "../words.ts";

const model = signal("gpt-4o");
const message = signal(words.hello);

export function TryIt() {
  useEffect(() => void tried(learnModels), []);
  return (
    <div class="sections two">
      <section>
        <Question />
        <p class="quiet">{words.tryHow}</p>
      </section>
      <section>
        <h2>{words.answer}</h2>
        {answer.value === undefined ? (
          <p class="empty-note">{words.noAnswer}</p>
        ) : (
          <Answer of={answer.value} />
        )}
      </section>
    </div>
  );
}

function Question() {
  return (
    <form
      class="question"
      onSubmit={(event) => {
        event.preventDefault();
        void ask(model.value, message.value);
      }}
    >
      <label class="field">
        <span>{words.model}</span>
        <input
          list="models"
          value={model.value}
          required
          onInput={(event) => (model.value = event.currentTarget.value)}
        />
      </label>
      <datalist id="models">
        {models.value.slice(0, 200).map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
      <label class="field">
        <span>{words.message}</span>
        <textarea
          rows={5}
          value={message.value}
          required
          onInput={(event) => (message.value = event.currentTarget.value)}
        />
      </label>
      <div class="dialog-buttons">
        {isAsking.value && (
          <button class="button" type="button" onClick={stopAsking}>
            {words.stop}
          </button>
        )}
        <button class="button primary" type="submit" disabled={isAsking.value}>
          {words.send}
        </button>
      </div>
    </form>
  );
}

function Answer({ of }: { readonly of: Tried }) {
  const { text, thought, fault, headers, status, firstMs, totalMs } = of;
  return (
    <>
      <div class="answer card" aria-live="polite" aria-busy={isAsking.value}>
        {thought !== "" && <p class="thought">{thought}</p>}
        <p class="answer-text">{text}</p>
        {fault !== undefined && <p class="fault">{fault}</p>}
        {firstMs !== undefined && totalMs !== undefined && (
          <p class="quiet">
            {filled(words.timing, { first: span(firstMs), total: span(totalMs) })}
          </p>
        )}
      </div>
      <h3>{words.headers}</h3>
      <div class="scroll" tabIndex={0} role="group" aria-label={words.headers}>
        <table class="headers">
          <tbody>
            {[["status", String(status ?? "…")] as const, ...headers].map(([name, value]) => (
              <tr key={name}>
                <th scope="row">{name}</th>
                <td>{value}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
