import { useEffect } from "preact/hooks";
import { learnSession, session, signOut } from "./gateway.ts";
import { hush, isConnected, listen } from "./live.ts";
import { Mark } from "./parts/mark.tsx";
import { Notices, tried } from "./parts/notice.tsx";
import { hrefOf, view, viewNames, type ViewName } from "./routes.ts";
import { theme, toggleTheme } from "./theme.ts";
import { Accounts } from "./views/accounts.tsx";
import { Callers } from "./views/callers.tsx";
import { Charts } from "./views/charts.tsx";
import { Clients } from "./views/clients.tsx";
import { Models } from "./views/models.tsx";
import { Requests } from "./views/requests.tsx";
import { TryIt } from "./views/try-it.tsx";
import { words } from "./words.ts";

const views: Readonly<Record<ViewName, () => preact.JSX.Element>> = {
  accounts: Accounts,
  requests: Requests,
  charts: Charts,
  callers: Callers,
  models: Models,
  tryIt: TryIt,
  clients: Clients,
};

const renewEveryMs = 60 * 60_000;

export function Shell() {
  useEffect(() => {
    listen();
    // Before what it got last is too old.
    const timer = setInterval(() => void tried(learnSession), renewEveryMs);
    return () => {
      clearInterval(timer);
      hush();
    };
  }, []);
  const current = view.value;
  const View = views[current];
  useEffect(() => {
    document.title = `${words[current]} · agproxy`;
  }, [current]);
  return (
    <>
      <a class="skip" href="#content" onClick={toContent}>
        {words.skip}
      </a>
      <Header />
      <main id="content" tabIndex={-1}>
        <h1 class="unseen">{words[current]}</h1>
        <View key={current} />
      </main>
      <Notices />
    </>
  );
}

/** The address names the view, so it may not change. */
function toContent(event: MouseEvent): void {
  event.preventDefault();
  document.querySelector<HTMLElement>("#content")?.focus();
}

function Header() {
  return (
    <header class="top">
      <div class="top-line">
        <span class="brand">
          <Mark /> agproxy <span class="version">{session.value?.version}</span>
        </span>
        <Connection />
        <span class="tools">
          <button class="button plain" type="button" onClick={toggleTheme}>
            {theme.value === "dark" ? words.light : words.dark}
          </button>
          <button class="button plain" type="button" onClick={() => void tried(signOut)}>
            {words.signOut}
          </button>
        </span>
      </div>
      <nav aria-label={words.views}>
        {viewNames.map((name) => (
          <a key={name} href={hrefOf(name)} aria-current={view.value === name ? "page" : undefined}>
            {words[name]}
          </a>
        ))}
      </nav>
    </header>
  );
}

function Connection() {
  return (
    <span class={`connection ${isConnected.value ? "good" : "bad"}`} role="status">
      <span class="dot" aria-hidden="true" />
      {isConnected.value ? words.live : words.broken}
    </span>
  );
}
