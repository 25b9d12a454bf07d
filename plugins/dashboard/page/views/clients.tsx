import { signal } from "@preact/signals";
import { useEffect, useState } from "preact/hooks";
import type { ClientGuide } from "../../src/page-api.ts";
import { read } from "../gateway.ts";
import { tried } from "../parts/notice.tsx";
import { filled, words } from "../words.ts";

const guides = signal<readonly ClientGuide[]>([]);
const chosen = signal("codex");

export function Clients() {
  useEffect(
    () =>
      void tried(async () => void (guides.value = await read<readonly ClientGuide[]>("clients"))),
    [],
  );
  const guide = guides.value.find(({ name }) => name === chosen.value) ?? guides.value[0];
  return (
    <div class="clients">
      <div class="client-list" role="group" aria-label={words.client}>
        {guides.value.map(({ name, title }) => (
          <button
            key={name}
            type="button"
            aria-pressed={name === guide?.name}
            onClick={() => (chosen.value = name)}
          >
            {title}
          </button>
        ))}
      </div>
      {guide !== undefined && <Guide key={guide.name} of={guide} />}
    </div>
  );
}

function Guide({ of: { name, title, text, writes, next } }: { readonly of: ClientGuide }) {
  const [isCopied, setCopied] = useState(false);
  const copy = () =>
    void tried(async () => {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    });
  return (
    <section class="card guide">
      <div class="card-head">
        <h2>{title}</h2>
        <button class="button primary" type="button" onClick={copy}>
          {isCopied ? words.copied : words.copy}
        </button>
      </div>
      {writes !== undefined && (
        <p>
          {words.file}: <code>{writes}</code>
        </p>
      )}
      <pre class="code" tabIndex={0} aria-label={title}>
        {text}
      </pre>
      <p>
        <b>{words.next}:</b> {next}
      </p>
      <p class="quiet">{filled(words.sameAs, { name })}</p>
    </section>
  );
}
