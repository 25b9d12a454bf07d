import { useState } from "preact/hooks";
import type { ReportedAccount, Tested } from "../../src/page-api.ts";
import { act } from "../gateway.ts";
import { state } from "../live.ts";
import { notice, tried } from "../parts/notice.tsx";
import { filled, words } from "../words.ts";

/** What can be done with an account here. Those of the config are changed there. */
export function AccountActions({ account }: { readonly account: ReportedAccount }) {
  const { id, label, disabled = false } = account;
  const [isBusy, setBusy] = useState(false);
  const isFiled = Object.hasOwn(state.value?.filed ?? {}, label);
  const during = (work: () => Promise<void>) => {
    setBusy(true);
    void tried(work).finally(() => setBusy(false));
  };
  const test = () =>
    during(async () => {
      const { text } = await act<Tested>(`accounts/${encodeURIComponent(id)}/test`);
      notice(filled(words.tested, { label, text }));
    });
  const toggle = () =>
    during(async () => {
      const verb = disabled ? "enable" : "disable";
      await act(`accounts/${encodeURIComponent(label)}/${verb}`);
      notice(filled(disabled ? words.enabledNow : words.disabledNow, { label }));
    });
  const toggleText = disabled ? words.enable : words.disable;
  return (
    <span class="account-actions">
      <button
        class="button"
        type="button"
        disabled={isBusy}
        onClick={test}
        aria-label={`${words.test}: ${label}`}
      >
        {isBusy ? words.testing : words.test}
      </button>
      {isFiled ? (
        <button
          class="button"
          type="button"
          disabled={isBusy}
          onClick={toggle}
          aria-label={`${toggleText}: ${label}`}
        >
          {toggleText}
        </button>
      ) : (
        <small class="quiet">{words.fromConfig}</small>
      )}
    </span>
  );
}
