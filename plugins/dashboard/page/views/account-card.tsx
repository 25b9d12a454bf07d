import type { ReportedAccount } from "../../src/page-api.ts";
import { grouped } from "../format.ts";
import { standingOf } from "../parts/status.tsx";
import { words } from "../words.ts";
import { AccountActions } from "./account-actions.tsx";
import { LastError, Quotas, Rests, Standing, Today } from "./account-facts.tsx";

export function AccountCard({ account }: { readonly account: ReportedAccount }) {
  const { label, upstream, inFlight } = account;
  return (
    <li class={`card account ${standingOf(account)}`}>
      <div class="card-head">
        <h2>{label}</h2>
        <Standing account={account} />
      </div>
      <p class="upstream">{upstream}</p>
      <Rests account={account} />
      <dl class="facts">
        <div>
          <dt>{words.inFlight}</dt>
          <dd>
            <b>{inFlight === undefined ? "–" : grouped(inFlight)}</b>
          </dd>
        </div>
        <div>
          <dt>{words.today}</dt>
          <dd>
            <Today account={account} />
          </dd>
        </div>
        <div class="whole">
          <dt>{words.quotaLeft}</dt>
          <dd>
            <Quotas account={account} />
          </dd>
        </div>
        <div class="whole">
          <dt>{words.lastError}</dt>
          <dd>
            <LastError account={account} />
          </dd>
        </div>
      </dl>
      <AccountActions account={account} />
    </li>
  );
}
