import { signal } from "@preact/signals";
import type { GatewayState } from "../../src/page-api.ts";
import { compact, grouped } from "../format.ts";
import { state, waiting } from "../live.ts";
import { Choice } from "../parts/choice.tsx";
import { filled, words } from "../words.ts";
import { AccountCard } from "./account-card.tsx";
import { AccountTable } from "./account-table.tsx";
import { AddKey } from "./add-key.tsx";

type Layout = "list" | "grid";

const place = "agproxy-accounts";
const layout = signal<Layout>(localStorage.getItem(place) === "list" ? "list" : "grid");
/** A table needs more room than a telephone has. */
const wide = matchMedia("(min-width: 60rem)");
const isWide = signal(wide.matches);
wide.addEventListener("change", () => (isWide.value = wide.matches));

function choose(value: Layout): void {
  layout.value = value;
  localStorage.setItem(place, value);
}

export function Accounts() {
  const current = state.value;
  if (current === undefined) return <p class="loading">{words.loading}</p>;
  const { accounts } = current;
  const isList = layout.value === "list" && isWide.value;
  return (
    <>
      <Sums state={current} />
      <div class="toolbar">
        {isWide.value && (
          <Choice
            label={words.layout}
            value={layout.value}
            options={[
              { value: "grid", text: words.grid },
              { value: "list", text: words.list },
            ]}
            onChange={choose}
          />
        )}
        <AddKey />
      </div>
      {accounts.length === 0 && <p class="empty-note">{words.noAccounts}</p>}
      {isList ? (
        <AccountTable accounts={accounts} />
      ) : (
        <ul class="cards">
          {accounts.map((account) => (
            <AccountCard key={account.id} account={account} />
          ))}
        </ul>
      )}
    </>
  );
}

function Sums({ state }: { readonly state: GatewayState }) {
  const { accounts } = state;
  const sum = (amount: (account: (typeof accounts)[number]) => number) =>
    accounts.reduce((total, account) => total + amount(account), 0);
  const usable = accounts.filter(
    ({ standing, disabled }) => disabled !== true && standing !== "resting",
  ).length;
  const failures = sum(({ today }) => today.failures);
  const [tokensIn, tokensOut] = [
    sum(({ today }) => today.inputTokens),
    sum(({ today }) => today.outputTokens),
  ];
  return (
    <dl class="sums">
      <Sum name={words.accountsUsable} value={`${usable} / ${accounts.length}`} />
      <Sum name={words.inFlight} value={grouped(sum(({ inFlight }) => inFlight ?? 0))} />
      <Sum name={words.waiting} value={grouped(waiting.value)} />
      <Sum
        name={words.requestsToday}
        value={compact(sum(({ today }) => today.attempts))}
        detail={failures > 0 ? filled(words.failedOf, { count: compact(failures) }) : undefined}
      />
      <Sum
        name={words.tokensToday}
        value={compact(tokensIn + tokensOut)}
        detail={filled(words.inAndOut, { in: compact(tokensIn), out: compact(tokensOut) })}
      />
    </dl>
  );
}

function Sum(sum: {
  readonly name: string;
  readonly value: string;
  readonly detail?: string | undefined;
}) {
  return (
    <div class="sum">
      <dt>{sum.name}</dt>
      <dd>
        <strong>{sum.value}</strong>
        {sum.detail !== undefined && <small>{sum.detail}</small>}
      </dd>
    </div>
  );
}
