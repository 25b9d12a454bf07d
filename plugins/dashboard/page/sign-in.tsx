import { signal } from "@preact/signals";
import { signIn } from "./gateway.ts";
import { Mark } from "./parts/mark.tsx";
import { words } from "./words.ts";

export const signInFault = signal("");
const isBusy = signal(false);

async function submit(event: SubmitEvent): Promise<void> {
  event.preventDefault();
  const form = event.currentTarget as HTMLFormElement;
  const key = (form.elements.namedItem("key") as HTMLInputElement).value.trim();
  isBusy.value = true;
  signInFault.value = "";
  try {
    await signIn({ key });
  } catch (thrown) {
    signInFault.value = thrown instanceof Error ? thrown.message : String(thrown);
  } finally {
    isBusy.value = false;
  }
}

export function SignIn() {
  return (
    <main class="sign-in">
      <div class="sign-in-card">
        <h1>
          <Mark /> agproxy
        </h1>
        <p>{words.signInHow}</p>
        <pre class="command" tabIndex={0}>
          agproxy dashboard
        </pre>
        <p class="quiet">{words.signInOr}</p>
        <form onSubmit={(event) => void submit(event)}>
          <label class="field">
            <span>{words.key}</span>
            <input name="key" type="password" autocomplete="current-password" required />
          </label>
          <button class="button primary" type="submit" disabled={isBusy.value}>
            {words.signIn}
          </button>
        </form>
        <p class="fault" role="alert">
          {signInFault.value}
        </p>
      </div>
    </main>
  );
}
