import { computed } from "@preact/signals";
import { compact, timeOf } from "../format.ts";
import { exchanges, refusals } from "../live.ts";
import { words } from "../words.ts";

interface Use {
  readonly name: string;
  requests: number;
  failed: number;
  tokens: number;
  readonly addresses: Set<string>;
}

const uses = computed(() => {
  const all = new Map<string, Use>();
  for (const one of exchanges.value) {
    const { caller: name, outcome, inputTokens = 0, outputTokens = 0, address } = one;
    const use = all.get(name) ?? { name, requests: 0, failed: 0, tokens: 0, addresses: new Set() };
    all.set(name, use);
    use.requests += 1;
    use.failed += outcome === "failed" ? 1 : 0;
    use.tokens += inputTokens + outputTokens;
    use.addresses.add(address);
  }
  return [...all.values()].toSorted((a, b) => b.requests - a.requests).slice(0, 100);
});

/** Who has asked, among the latest requests. */
export function RecentUse() {
  if (uses.value.length === 0) return <p class="empty-note">{words.noRequests}</p>;
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={words.recentUse}>
      <table>
        <thead>
          <tr>
            {[words.caller, words.requests, words.failed, words.tokens, words.addresses].map(
              (head) => (
                <th key={head} scope="col">
                  {head}
                </th>
              ),
            )}
          </tr>
        </thead>
        <tbody>
          {uses.value.map(({ name, requests, failed, tokens, addresses }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td>{compact(requests)}</td>
              <td>{compact(failed)}</td>
              <td>{compact(tokens)}</td>
              <td>{[...addresses].slice(0, 4).join(", ")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Who was not let in, or asked too much. */
export function Refusals() {
  const shown = refusals.value.slice(0, 50);
  if (shown.length === 0) return <p class="empty-note">{words.noRefusals}</p>;
  return (
    <div class="scroll" tabIndex={0} role="group" aria-label={words.refusals}>
      <table>
        <thead>
          <tr>
            {[words.time, words.address, words.status, words.requestId].map((head) => (
              <th key={head} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map(({ id, time, address, status, method, path }) => (
            <tr key={id}>
              <th scope="row">{timeOf(time)}</th>
              <td>{address}</td>
              <td>{status}</td>
              <td>
                {method} {path}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
