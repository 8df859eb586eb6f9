import type { TestAPI } from "vitest";
import type { SmartCal, Wanted } from "./index.js";

/** As Vitest's, with a sandbox for the test: `test("…", async ({ smartcal }) => …)`. */
export declare const test: TestAPI<{ smartcal: SmartCal }>;
export declare const it: typeof test;
/** As `test`, each with a sandbox that is made with these: seed, now, frozen, events, bookings. */
export declare function testWith(wanted: Wanted): typeof test;
