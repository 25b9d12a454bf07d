/** Loaded before each test file: what one has compiled the next ones need not, which is a third of a short file's CPU. */
import { enableCompileCache } from "node:module";
import { join } from "node:path";
import { repository } from "./repository.ts";

enableCompileCache(join(repository, "node_modules/.cache/tests"));
