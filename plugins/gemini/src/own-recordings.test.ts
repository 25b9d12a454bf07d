/** Our own answers in the forms of recorded ones: they need nothing beside the repository. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { randomPieces, singleBytes } from "@agproxy/core/testing";
import { now, readAnswer } from "./fixtures/answers.ts";
import { type AnswerText, featuresOf, wireOf } from "./fixtures/recordings/features.ts";
import { ownRecordings } from "./fixtures/recordings/own-recordings.ts";
import { upstreamError } from "./errors/upstream-error.ts";
import { fields } from "./shape.ts";

for (const { name, status, form, body, expected } of ownRecordings) {
  test(name, async () => {
    if (status >= 400) {
      assert.ok("error" in expected);
      const { code, retryAfter } = upstreamError({ status, body, now });
      assert.deepEqual(
        { code, retryAfter },
        { code: expected.error, retryAfter: expected.retryAfter },
      );
      return;
    }
    const bytes = Buffer.from(body);
    const seeds = Array.from({ length: 8 }, (_, index) => randomPieces(bytes, index + 1));
    for (const pieces of [[bytes], singleBytes(bytes), ...seeds]) {
      const { events, error } = await readAnswer(pieces, {
        streamed: form === "sse",
        unwrap: (payload) => fields(payload)?.response ?? payload,
      });
      if ("error" in expected) assert.equal(error?.code, expected.error);
      else assert.deepEqual({ events, error }, { events: expected.events, error: undefined });
    }
  });
}

const folder = join(import.meta.dirname, "../../../../shared/recordings");
const skip = existsSync(folder) ? false : "there are no recordings beside the repository";

interface Recorded extends Omit<AnswerText, "body"> {
  readonly stem: string;
  readonly file: string;
  readonly wire: string;
  readonly shows: readonly string[];
}

test("nothing that recorded answers show is missing here", { skip }, () => {
  const manifest = readFileSync(join(folder, "manifest.json"), "utf8");
  const recorded = JSON.parse(manifest) as readonly Recorded[];
  const ours = new Set(ownRecordings.flatMap(traits));
  for (const { stem, file, status, form, wire, shows } of recorded) {
    const theirs = { status, form, body: readFileSync(join(folder, file), "utf8") };
    assert.deepEqual(new Set(featuresOf(theirs)), new Set(shows), stem);
    assert.equal(wireOf(theirs), wire, stem);
    assert.deepEqual(
      traits(theirs).filter((trait) => !ours.has(trait)),
      [],
      stem,
    );
  }
});

function traits(answer: AnswerText): readonly string[] {
  return [...featuresOf(answer), wireOf(answer), `status ${answer.status}`];
}
