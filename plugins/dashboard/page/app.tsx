import { render } from "preact";
import { learnSession, session, signIn } from "./gateway.ts";
import { SignIn, signInFault } from "./sign-in.tsx";
import { Shell } from "./shell.tsx";
import { applyTheme } from "./theme.ts";
import { words } from "./words.ts";

function App() {
  if (session.value === undefined) return <p class="loading">{words.loading}</p>;
  return session.value === null ? <SignIn /> : <Shell />;
}

/** The pass of a link stands behind the `#`; it leaves the address at once. */
async function begin(): Promise<void> {
  const link = location.hash.slice(1);
  if (link === "" || link.startsWith("/")) return learnSession();
  history.replaceState(null, "", location.pathname);
  try {
    await signIn({ link });
  } catch {
    await learnSession();
    if (session.value === null) signInFault.value = words.linkOver;
  }
}

applyTheme();
const root = document.querySelector("#page");
if (root !== null) render(<App />, root);
void begin();
