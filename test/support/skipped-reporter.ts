/** A reporter for `node --test`: the tests that were skipped, by reason, after everything else. */
import type { TestEvent } from "node:test/reporters";

export default async function* skippedReporter(
  events: AsyncIterable<TestEvent>,
): AsyncGenerator<string> {
  const names = new Map<string, string[]>();
  for await (const event of events) {
    if (event.type !== "test:pass" && event.type !== "test:fail") continue;
    const { skip, name } = event.data;
    if (skip === undefined || skip === false) continue;
    const reason = typeof skip === "string" ? skip : "no reason is given";
    const known = names.get(reason);
    if (known === undefined) names.set(reason, [name]);
    else known.push(name);
  }
  // The other reporter's summary comes first.
  await new Promise(setImmediate);
  if (names.size === 0) yield "\nNothing was skipped.\n";
  for (const [reason, skipped] of names) {
    const [first = ""] = skipped;
    const more = skipped.length === 1 ? "" : ` and ${skipped.length - 1} more`;
    yield `\nSkipped ${skipped.length}, because ${reason}: ${first}${more}\n`;
  }
}
