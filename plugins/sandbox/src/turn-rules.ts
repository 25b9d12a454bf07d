import { generation } from "./models.ts";
import type { Content, GenerateRequest } from "./wire.ts";

const callAfterUser =
  "Please ensure that function call turn comes immediately after a user turn or after a function response turn.";
const responseAfterCall =
  "Please ensure that function response turn comes immediately after a function call turn.";
const sameNumber =
  "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.";

/** What is wrong with the order of contents. */
export function turnFaults(model: string, { contents = [] }: GenerateRequest): string[] {
  const faults = contents.flatMap((content, i) =>
    orderFaults(contents[i - 1], content, contents[i + 1]),
  );
  if (contents.at(-1)?.role === "model" && refusesPrefill(model)) {
    faults.push("Requests ending with a model turn are not supported.");
  }
  return faults;
}

function orderFaults(
  before: Content | undefined,
  content: Content,
  after: Content | undefined,
): string[] {
  const faults: string[] = [];
  const calls = count(content, "functionCall");
  if (calls > 0) {
    if (before === undefined || before.role === "model") faults.push(callAfterUser);
    if (after !== undefined && count(after, "functionResponse") !== calls) faults.push(sameNumber);
  }
  if (count(content, "functionResponse") > 0) {
    if (before === undefined || count(before, "functionCall") === 0) faults.push(responseAfterCall);
    // A file beside the results counts as one result too many.
    if (count(content, "inlineData") + count(content, "fileData") > 0) faults.push(sameNumber);
  }
  return faults;
}

function count(
  { parts = [] }: Content,
  field: "functionCall" | "functionResponse" | "inlineData" | "fileData",
): number {
  return parts.filter((part) => part[field] !== undefined).length;
}

/** Models since 3.6, and 3.5 Flash-Lite, do not continue an answer begun for them. */
function refusesPrefill(model: string): boolean {
  return generation(model) >= 3.6 || model.startsWith("gemini-3.5-flash-lite");
}
