import type { ReportedAccount } from "../../src/page-api.ts";
import { words } from "../words.ts";
import { AccountActions } from "./account-actions.tsx";
import { LastError, Quotas, Standing, Today } from "./account-facts.tsx";

export function AccountTable({ accounts }: { readonly accounts: readonly ReportedAccount[] }) {
  return (
    <table class="accounts">
      <thead>
        <tr>
          {[
            words.account,
            words.stateOf,
            words.inFlight,
            words.today,
            words.quotaLeft,
            words.lastError,
            words.actions,
          ].map((head) => (
            <th key={head} scope="col">
              {head}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {accounts.map((account) => (
          <tr key={account.id}>
            <th scope="row">
              {account.label}
              <small>{account.upstream}</small>
            </th>
            <td>
              <Standing account={account} />
            </td>
            <td>{account.inFlight ?? "–"}</td>
            <td>
              <Today account={account} />
            </td>
            <td>
              <Quotas account={account} />
            </td>
            <td>
              <LastError account={account} />
            </td>
            <td>
              <AccountActions account={account} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
