/** The promises of docs/pool.md, each played once over real sockets. `npm run chaos` prints what it counted. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { seeded } from "./scene.ts";
import { scenes } from "./scenes.ts";

for (const { name, goal, play, skip = false } of scenes) {
  test(`${name}: ${goal}`, { skip }, async (context) => {
    const { figures, broken } = await play(seeded(1));
    context.diagnostic(figures);
    assert.deepEqual(broken, [], figures);
  });
}
