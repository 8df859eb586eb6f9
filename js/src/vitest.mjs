// For Vitest: a `test` whose context has `smartcal`, made for the tests that take it.
import { beforeAll, test as vitestTest } from "vitest";
import { START_SECONDS } from "./server.js";
import { prepared, sandboxed } from "./sandboxed.js";

beforeAll(async () => void (await prepared()), START_SECONDS * 1000);

/** As `test`, each with a sandbox that is made with these: seed, now, frozen, events, bookings. */
export const testWith = (wanted) =>
  vitestTest.extend({
    smartcal: async ({ task }, use) => {
      // Vitest doesn't throw what a test has thrown, and keeps it in its result.
      const failed = new Error("the test has failed");
      const told = (text) => console.error(text);
      const body = async (smartcal) => {
        await use(smartcal);
        if (task.result?.state === "fail") throw failed;
      };
      await sandboxed(wanted, name(task), told, body).catch((error) => {
        if (error !== failed) throw error;
      });
    },
  });

/** The file, and what the test and those around it are called. */
function name(task) {
  const names = [task.name];
  for (let suite = task.suite; suite?.name && suite !== task.file; suite = suite.suite) names.unshift(suite.name);
  return [task.file.name, ...names].join(" ");
}

export const test = testWith({});
export const it = test;
