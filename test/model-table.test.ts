/** The promise: the default table says of each of its models when Google replaces it, and names none that is gone. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { familyOf, reroutedModels } from "@agproxy/plugin-gemini";
import { defaultTable } from "../plugins/model-mapping/src/default-table.ts";
import { targets } from "../plugins/model-mapping/src/targets.ts";

interface Target {
  readonly model: string;
  readonly released: string;
  readonly retires?: string;
  readonly successor?: string;
}

const known: readonly Target[] = Object.values(targets);

test("every model of the table is among the targets, and every target in the table", () => {
  const named = new Set(defaultTable.map(([, model]) => model).filter((model) => model !== "*"));
  assert.deepEqual([...named].toSorted(), known.map(({ model }) => model).toSorted());
});

test("what is said of retirement is what requests follow", () => {
  for (const { model, released, retires, successor } of known) {
    const rerouted = reroutedModels.find((entry) => entry.model === model);
    assert.deepEqual([retires, successor], [rerouted?.from, rerouted?.to], model);
    assert.ok(retires === undefined || retires > released, model);
    assert.match(released, /^\d{4}-\d{2}-\d{2}$/);
  }
});

test("pictures and speech go to models that draw and speak", () => {
  assert.deepEqual(familyOf(targets.image.model).modalities, ["TEXT", "IMAGE"]);
  for (const { model } of [targets.speech, targets.smallSpeech]) {
    assert.equal(familyOf(model).speaks, true, model);
  }
});
