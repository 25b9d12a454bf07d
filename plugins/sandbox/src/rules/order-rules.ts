import { type Fault, vague } from "../server/fault.ts";
import { familyOf } from "@agproxy/plugin-gemini";
import type { Content, FunctionCall, FunctionResponse, GenerateRequest } from "../wire.ts";

const alternation = "Please ensure that multiturn requests alternate between user and model.";
const callAfterUser =
  "Please ensure that function call turn comes immediately after a user turn or after a function response turn.";
const responseAfterCall =
  "Please ensure that function response turn comes immediately after a function call turn.";
const sameNumber =
  "Please ensure that the number of function response parts is equal to the number of function call parts of the function call turn.";

/** What is wrong with the order of contents. */
export function orderFaults(model: string, { contents = [] }: GenerateRequest): Fault[] {
  const faults = contents.flatMap((content, i) => [
    ...callFaults(contents[i - 1], content, contents[i + 1]),
    ...alternationFaults(contents[i - 1], content),
  ]);
  if (contents.at(-1)?.role === "model" && familyOf(model).refusesPrefill === true) {
    faults.push("Requests ending with a model turn are not supported.");
  }
  return faults;
}

function callFaults(
  before: Content | undefined,
  content: Content,
  after: Content | undefined,
): Fault[] {
  const faults: Fault[] = [];
  const calls = callsOf(content);
  if (calls.length > 0) {
    if (before === undefined || isModel(before) || !isModel(content)) faults.push(callAfterUser);
    const unpaired = after === undefined ? [] : pairFaults(calls, responsesOf(after));
    for (const fault of unpaired) faults.push(fault);
  }
  if (responsesOf(content).length > 0) {
    const follows = before !== undefined && callsOf(before).length > 0;
    if (!follows || isModel(content)) faults.push(responseAfterCall);
    // A file beside the results counts as one result too many.
    const { parts = [] } = content;
    if (parts.some((part) => part.inlineData ?? part.fileData)) faults.push(sameNumber);
  }
  return faults;
}

/** Each response must have the name of the call in its place, and its id where both have one. */
function pairFaults(
  calls: readonly FunctionCall[],
  responses: readonly FunctionResponse[],
): Fault[] {
  if (calls.length !== responses.length) return [sameNumber];
  return calls.flatMap((call, i): Fault[] => {
    const { name, id } = responses[i] ?? {};
    if (name !== call.name) {
      return [vague(`response ${i + 1} is named ${name}, and the call in its place ${call.name}`)];
    }
    return id === undefined || call.id === undefined || id === call.id
      ? []
      : [vague(`response ${i + 1} has the id ${id}, and the call in its place ${call.id}`)];
  });
}

/**
 * Current models accept two contents of one side in a row, older ones refuse them, so a request for any model joins
 * them. Only what follows function responses must stay apart.
 */
function alternationFaults(before: Content | undefined, content: Content): string[] {
  if (before === undefined || isModel(before) !== isModel(content)) return [];
  return responsesOf(before).length > 0 ? [] : [alternation];
}

function isModel({ role }: Content): boolean {
  return role === "model";
}

function callsOf({ parts = [] }: Content): readonly FunctionCall[] {
  return parts.flatMap(({ functionCall }) => functionCall ?? []);
}

function responsesOf({ parts = [] }: Content): readonly FunctionResponse[] {
  return parts.flatMap(({ functionResponse }) => functionResponse ?? []);
}
