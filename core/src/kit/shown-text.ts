/** How much of a page is searched for its title. */
const searchedPageLength = 16 * 1024;
const maxPageTextLength = 200;

/**
 * The beginning of a page or of a proxy's text, enough to recognise it.
 *
 * @example
 * pageText("<html><title>502 Bad Gateway</title>…"); // "502 Bad Gateway"
 */
export function pageText(body: string): string {
  const page = body.slice(0, searchedPageLength);
  const title = /<title>([^<]*)<\/title>/i.exec(page)?.[1] ?? page;
  // Without `<` inside: of a page of nothing but `<`, each would be searched to the end of the page (quadratic).
  const text = title
    .replaceAll(/<[^<>]*>/g, " ")
    .replaceAll(/\s+/g, " ")
    .trim();
  return text.slice(0, maxPageTextLength);
}

/** A text with `[secret]` in place of each of some words. */
export function withoutSecrets(text: string, secrets: readonly string[]): string {
  return secrets
    .filter((secret) => secret !== "")
    .reduce((result, secret) => result.replaceAll(secret, "[secret]"), text);
}
