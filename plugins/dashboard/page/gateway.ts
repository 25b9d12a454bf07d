/** How the page asks the gateway. */
import { signal } from "@preact/signals";
import type { Session } from "../src/page-api.ts";

/** Undefined while nobody knows, null where the browser is not signed in. */
export const session = signal<Session | null | undefined>(undefined);

/** What the gateway refused, in its words. */
class Refused extends Error {
  override readonly name = "Refused";
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Beside the page, wherever a proxy has put it. */
const place = new URL("dashboard/api/", location.href);

/** The address of something that the page reads. */
export function addressOf(path: string): string {
  return new URL(path, place).href;
}

/** Headers that no other page can send. */
export function pageHeaders(): Record<string, string> {
  return { "Content-Type": "application/json", "X-Agproxy-Page": session.value?.page ?? "" };
}

export async function read<Answer>(path: string): Promise<Answer> {
  return answerOf<Answer>(await fetch(addressOf(path)));
}

export async function act<Answer>(path: string, body: unknown = {}): Promise<Answer> {
  const init = { method: "POST", headers: pageHeaders(), body: JSON.stringify(body) };
  return answerOf<Answer>(await fetch(addressOf(path), init));
}

async function answerOf<Answer>(response: Response): Promise<Answer> {
  if (response.ok) return (await response.json()) as Answer;
  if (response.status === 401 && session.value) session.value = null;
  throw new Refused(response.status, await refusalIn(response));
}

/** The words of an error, in whichever shape it is told. */
export async function refusalIn(response: Response): Promise<string> {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text) as { readonly error?: { readonly message?: string } };
    return error?.message ?? text;
  } catch {
    return text || `${response.status} ${response.statusText}`;
  }
}

/** Learns whether this browser is signed in. */
export async function learnSession(): Promise<void> {
  try {
    session.value = await read<Session>("session");
  } catch (thrown) {
    // A gateway that cannot be reached says nothing about the session.
    if (thrown instanceof Refused && thrown.status === 401) session.value = null;
    else throw thrown;
  }
}

/** Signs in with the key, or with the pass of a link. */
export async function signIn(proof: { readonly key: string } | { readonly link: string }) {
  await act("sign-in", proof);
  await learnSession();
}

export async function signOut(): Promise<void> {
  await act("sign-out");
  session.value = null;
}
