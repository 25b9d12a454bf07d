import assert from "node:assert/strict";
import { test } from "node:test";
import { namedSseFrame } from "@agproxy/core";
import * as fc from "fast-check";
import { EventFrames } from "./event-frames.ts";

test("a delta is the frame that JSON.stringify would make, whatever its text and place", () => {
  const places = fc
    .dictionary(fc.string(), fc.jsonValue({ maxDepth: 1 }))
    .map((place) => ({ n: 1, ...place }));
  const texts = fc.array(fc.string({ unit: "binary", maxLength: 20 }), { maxLength: 8 });
  fc.assert(
    fc.property(texts, places, (deltas, place) => {
      const {
        type: _,
        delta: __,
        sequence_number: ___,
        ...fields
      } = place as Record<string, unknown>;
      const frames = new EventFrames();
      const write = frames.deltas("response.output_text.delta", fields);
      for (const delta of deltas) write(delta);
      const expected = deltas.map((delta, sequence_number) =>
        namedSseFrame(
          "response.output_text.delta",
          JSON.stringify({ type: "response.output_text.delta", ...fields, delta, sequence_number }),
        ),
      );
      assert.equal(frames.take(), expected.join(""));
      assert.equal(frames.take(), "");
    }),
  );
});

test("events and deltas share one count", () => {
  const frames = new EventFrames();
  frames.event("a", { x: 1 });
  frames.deltas("b", {})("t");
  frames.event("c", {});
  assert.equal(
    frames.take(),
    'event: a\ndata: {"type":"a","x":1,"sequence_number":0}\n\n' +
      'event: b\ndata: {"type":"b","delta":"t","sequence_number":1}\n\n' +
      'event: c\ndata: {"type":"c","sequence_number":2}\n\n',
  );
});
